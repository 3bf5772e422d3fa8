using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The program of a device itself. Beneath its packages stands the one that was installed.</summary>
/// <remarks>
/// To put one to use is to become another program. So the process that asks for it never sees it answer: the one that begins next
/// does, as <see cref="Running"/>.
/// </remarks>
public sealed record RuntimeSite : PackageSite
{
    /// <summary>The package whose program this process runs; null for the installed one.</summary>
    public LoadedRuntime? Running { get; init; }

    /// <summary>Why this process does not run the package that the state named when it began, as a sentence; null where it does.</summary>
    public string? Objection { get; init; }

    /// <summary>Tries a candidate's program on this device, without serving. Called on the loader's thread.</summary>
    public required Func<RuntimePackage, ProofReport> Prove { get; init; }

    /// <inheritdoc/>
    public override string Kind => PackageManifest.RuntimeKind;

    /// <inheritdoc/>
    public override bool StandsAlone => true;

    /// <summary>Takes up the state of the line: another program may have begun than the one that it names.</summary>
    /// <param name="state">The state as it is now.</param>
    /// <param name="apply">Changes it by an event, durably.</param>
    internal void Begin(Func<LineState> state, Action<ActivationEvent> apply, bool incomingIsHere, UpdateNews news)
    {
        if (Objection is not null)
        {
            news.Notice(EventSeverity.Error, Objection);
        }

        bool isCandidate = Running is not null && state() is { Phase: Activation.Switching or Activation.Soaking, Spare: { } spare }
            && spare.Digest == Running.Digest;
        if (isCandidate && state().Phase is Activation.Switching)
        {
            // To switch to a program is to start it: this is the start that was asked for.
            return;
        }

        apply(new ActivationEvent.Restarted(incomingIsHere, Objection));
        if (isCandidate)
        {
            // The count of its start was lost with the power, so it was started once more. That ended its trial; the one before was not tried.
            return;
        }

        // The one that it names and the one before, at most, could not be started.
        for (int left = 2; left > 0 && state().Active is { } active && active.Digest != Running?.Digest; left--)
        {
            apply(new ActivationEvent.CrashLooped(Objection ?? "another program was started", ToNone: true));
        }
    }
}
