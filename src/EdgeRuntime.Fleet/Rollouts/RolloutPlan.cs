namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>How a package reaches a fleet: in which steps, judged by what, and what happens when it is found bad.</summary>
/// <remarks>Immutable once the rollout has begun, so that every decision can be replayed against it.</remarks>
public sealed record RolloutPlan
{
    /// <summary>Steps in order; ascending shares, the last is 100. (default: 25 % as canary, then all)</summary>
    public IReadOnlyList<StagePlan> Stages { get; init; } = [new("canary", 25), new("all", 100)];

    /// <summary>Devices of the first stage by name; empty to let a hash choose.</summary>
    public IReadOnlyList<string> Canary { get; init; } = [];

    /// <summary>The only devices the rollout may touch; empty for all that report the model.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>True when a halt takes every device back by itself; false when it waits for a person. (default: true)</summary>
    public bool RevertOnHalt { get; init; } = true;

    /// <summary>What a stage must show.</summary>
    public GateLimits Gate { get; init; } = new();

    /// <summary>Devices a stage may expose, those of the stages before included.</summary>
    /// <param name="stage">0 to the number of stages less 1.</param>
    /// <param name="targets">Devices the rollout began with; at least 1.</param>
    /// <param name="chosen">How many of <see cref="Canary"/> are among them.</param>
    /// <returns>1 to <paramref name="targets"/>; less than all of them while the share is below 100 and there are two or more.</returns>
    public int Quota(int stage, int targets, int chosen)
    {
        double percent = Stages[stage].Percent;
        int most = percent >= 100 ? targets : Math.Max(1, targets - 1);
        int byShare = percent >= 100 ? targets : Math.Clamp((int)(targets * percent / 100), 1, most);

        // A person who names the canaries has decided their number too.
        int first = chosen > 0 ? Math.Min(chosen, most) : 1;
        return stage == 0 && chosen > 0 ? first : Math.Max(byShare, first);
    }
}

/// <summary>One step of a rollout.</summary>
/// <param name="Name">For people, such as <c>canary</c>.</param>
/// <param name="Percent">Share of the devices that run the new package by then; greater than 0, at most 100.</param>
public sealed record StagePlan(string Name, double Percent);

/// <summary>What a stage must show before the next begins.</summary>
public sealed record GateLimits
{
    /// <summary>Samples the devices of the stage must have served together. (default: 200; 1 to 1,000,000,000)</summary>
    public long MinSamples { get; init; } = 200;

    /// <summary>Seconds the new package must have served everywhere in the stage. (default: 20; 0 to 604,800)</summary>
    public double MinSoakSeconds { get; init; } = 20;

    /// <summary>Seconds after which a stage without enough evidence halts. (default: 900; 1 to 2,592,000)</summary>
    public double TimeoutSeconds { get; init; } = 900;

    /// <summary>Share of failed inferences above the control's that is tolerated. (default: 0.01; 0 to 1)</summary>
    public double MaxErrorShare { get; init; } = 0.01;

    /// <summary>99th percentile of the inference time, as a multiple of the control's. (default: 2; at least 1)</summary>
    public double MaxP99Ratio { get; init; } = 2;

    /// <summary>99th percentile of the inference time that is never tolerated, ms; null for none. (default: null)</summary>
    public double? MaxP99Ms { get; init; }

    /// <summary>Milliseconds above the control that are always tolerated, whatever the ratio says. (default: 0.5)</summary>
    public double P99SlackMs { get; init; } = 0.5;

    /// <summary>Share of the inputs both packages saw on which the new one may answer otherwise. (default: 0.5; 0 to 1)</summary>
    public double MaxDisagreement { get; init; } = 0.5;

    /// <summary>
    /// Smallest shift of the predictions that counts where inputs cannot be compared, in nats of the stability index.
    /// (default: 0.25; above 0)
    /// </summary>
    public double MinPredictionShift { get; init; } = 0.25;

    /// <summary>Share of drifting windows above the control's that is tolerated. (default: 0.5; 0 to 1)</summary>
    public double MaxDriftShareIncrease { get; init; } = 0.5;

    /// <summary>Devices that may refuse or undo the package before the rollout halts. (default: 0)</summary>
    public int MaxFailedInstalls { get; init; }
}
