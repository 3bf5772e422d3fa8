using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The trials of one line's candidates, beside the active package and in its place: what verdicts mean, and how long they may take.</summary>
internal sealed class PackageTrial(PackageSite site, UpdateNews news, TimeProvider time)
{
    private long _since;

    /// <summary>One begins now.</summary>
    public void Begin() => _since = time.GetTimestamp();

    /// <summary>What a verdict on the package that answers on trial comes to; null when it is about no such package.</summary>
    /// <param name="beside">What the model before counted beside it; null where it did not run.</param>
    public ActivationEvent? OnSoak(LineState state, ModelId digest, SoakVerdict verdict, ShadowCounts? beside)
    {
        if (state.Phase is not Activation.Soaking soaking || state.Spare?.Digest != digest)
        {
            return null;
        }

        if (beside is not null)
        {
            news.Compared(soaking.Order, UpdateState.Soaking, beside);
        }

        return verdict is SoakVerdict.Undo undo ? new ActivationEvent.Failed(undo.Reason, PackageAtFault: true) : new ActivationEvent.TrialPassed();
    }

    /// <summary>What a verdict on the candidate beside the active package comes to; null when it is about no such package.</summary>
    public ActivationEvent? OnShadow(LineState state, ModelId digest, SoakVerdict verdict, ShadowCounts counts)
    {
        if (state.Phase is not Activation.Shadowing shadowing || state.Spare?.Digest != digest)
        {
            return null;
        }

        news.Compared(shadowing.Order, UpdateState.Verifying, counts);
        return verdict is SoakVerdict.Undo undo ? new ActivationEvent.Failed(undo.Reason, PackageAtFault: true) : new ActivationEvent.ShadowPassed();
    }

    /// <summary>Why a trial has taken too long, or null: a sensor that fell silent must not leave a device on trial for ever.</summary>
    public string? Overdue(LineState state, TimeSpan? limit)
    {
        if (state.Phase is not (Activation.Soaking or Activation.Shadowing) || limit is not TimeSpan most || time.GetElapsedTime(_since) <= most)
        {
            return null;
        }

        return site is ModelSite ? $"its trial did not get its samples within {most}" : $"its trial came to no end within {most}";
    }
}
