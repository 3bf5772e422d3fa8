namespace EdgeRuntime.Engine.Models;

/// <summary>What can happen to the packages of one line.</summary>
public abstract record ActivationEvent
{
    private ActivationEvent()
    {
    }

    /// <summary>A signed order of the fleet names a package for this line.</summary>
    public sealed record Ordered(UpdateOrder Order) : ActivationEvent;

    /// <summary>A signed order of the fleet does not name this line: it keeps what it has.</summary>
    public sealed record NotNamed(long Generation, string Deployment) : ActivationEvent;

    /// <summary>A signed order of the fleet wants this line, which the device can do without, to have no package.</summary>
    public sealed record OrderedNone(long Generation, string Deployment) : ActivationEvent;

    /// <summary>The device's configuration brings a package; its bytes are whole in the incoming place.</summary>
    public sealed record Configured(UpdateOrder Order, long ReleaseCounter) : ActivationEvent;

    /// <summary>All bytes of the pending order are here.</summary>
    public sealed record Fetched : ActivationEvent;

    /// <summary>The candidate's signature, hashes, compatibility and all that its kind demands hold, and it is loaded.</summary>
    /// <param name="Shadows">Whether its manifest wants it to run beside the active package before it answers.</param>
    public sealed record Verified(StoredPackage Package, bool Shadows = false) : ActivationEvent;

    /// <summary>The candidate's bytes are durable in the spare slot.</summary>
    public sealed record Installed : ActivationEvent;

    /// <summary>Beside the active package the candidate did as its manifest demands.</summary>
    public sealed record ShadowPassed : ActivationEvent;

    /// <summary>The device serves with the candidate from now on.</summary>
    public sealed record SwitchedOver : ActivationEvent;

    /// <summary>The candidate's trial went well.</summary>
    public sealed record TrialPassed : ActivationEvent;

    /// <summary>The pending update cannot go on: a bad package, a bad trial, a full disk.</summary>
    /// <param name="Reason">A sentence for people.</param>
    /// <param name="PackageAtFault">True when the same bytes would fail again.</param>
    public sealed record Failed(string Reason, bool PackageAtFault) : ActivationEvent;

    /// <summary>Somebody asked for the package before.</summary>
    /// <param name="Reason">A sentence for people.</param>
    /// <param name="ToNone">Whether none at all will do where there is none before.</param>
    public sealed record UndoAsked(string Reason, bool ToNone = false) : ActivationEvent;

    /// <summary>The process began; the phase is what the one before it had written.</summary>
    /// <param name="IncomingIsHere">Whether the incoming place still holds bytes.</param>
    /// <param name="Reason">How a trial ended that this ends, as a sentence; null where nobody knows more.</param>
    public sealed record Restarted(bool IncomingIsHere, string? Reason = null) : ActivationEvent;

    /// <summary>The process ends soon after each of its starts, and this line's package may be why.</summary>
    /// <param name="Reason">A sentence for people.</param>
    /// <param name="ToNone">Whether none at all will do where there is none before.</param>
    public sealed record CrashLooped(string Reason, bool ToNone = false) : ActivationEvent;

    /// <summary>
    /// The active package can no longer be used, though it once was: its medium or the machine changed.
    /// </summary>
    public sealed record ActiveUnusable : ActivationEvent;

    /// <summary>The fleet knows of the end of an update.</summary>
    public sealed record Told(Outcome Outcome) : ActivationEvent;
}
