using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>What an operator asks for: a package, and how it is to go.</summary>
/// <param name="Package">Digest, or <c>name@version</c>.</param>
/// <param name="Plan">How it is to go.</param>
public sealed record StartRollout(string Package, RolloutPlan Plan)
{
    private const int MaxStages = 20;
    private const int MaxNames = 10_000;

    /// <summary>Reads the body of a request; every mistake at once.</summary>
    public static StartRollout? Read(ReadOnlySpan<byte> utf8, Mistakes mistakes) => JsonFile.Read(utf8, "body", mistakes, ReadRoot);

    private static StartRollout ReadRoot(JsonObjectReader root)
    {
        RolloutPlan defaults = new();
        string package = root.RequiredString("package");
        IReadOnlyList<StagePlan> stages = root.Has("stages")
            ? root.RequiredObjects("stages", ReadStage, 1, MaxStages)
            : defaults.Stages;
        for (int i = 1; i < stages.Count; i++)
        {
            if (stages[i].Percent <= stages[i - 1].Percent)
            {
                root.Mistake("stages", $"stage {i} has {stages[i].Percent} percent, which is not above {stages[i - 1].Percent} of the one before");
            }
        }

        if (stages.Count > 0 && stages[^1].Percent < 100)
        {
            root.Mistake("stages", $"the last stage has {stages[^1].Percent} percent; it must be 100, so that the rollout can end");
        }

        return new StartRollout(package, new RolloutPlan
        {
            Stages = [.. stages.Select((stage, i) => stage.Name.Length > 0 ? stage : stage with { Name = DefaultName(i, stages.Count) })],
            Canary = root.Has("canary") ? root.Strings("canary", 1, MaxNames, CheckDevice) : [],
            Devices = root.Has("devices") ? root.Strings("devices", 1, MaxNames, CheckDevice) : [],
            RevertOnHalt = root.Choice("on_halt", "revert", ["revert", "hold"]) == "revert",
            Gate = root.Object("gate", ReadGate) ?? defaults.Gate,
        });
    }

    private static StagePlan ReadStage(JsonObjectReader stage) =>
        new(stage.String("name", ""), stage.RequiredDouble("percent", JsonObjectReader.AboveZero, 100));

    private static GateLimits ReadGate(JsonObjectReader gate)
    {
        GateLimits defaults = new();
        return new GateLimits
        {
            MinSamples = gate.Long("min_samples", defaults.MinSamples, 1, 1_000_000_000),
            MinSoakSeconds = gate.Double("min_soak_seconds", defaults.MinSoakSeconds, 0, 604_800),
            TimeoutSeconds = gate.Double("timeout_seconds", defaults.TimeoutSeconds, 1, 2_592_000),
            MaxErrorShare = gate.Double("max_error_share", defaults.MaxErrorShare, 0, 1),
            MaxP99Ratio = gate.Double("max_p99_ratio", defaults.MaxP99Ratio, 1, 1e6),
            MaxP99Ms = gate.Double("max_p99_ms", JsonObjectReader.AboveZero, 1e9),
            P99SlackMs = gate.Double("p99_slack_ms", defaults.P99SlackMs, 0, 1e6),
            MaxDisagreement = gate.Double("max_disagreement", defaults.MaxDisagreement, 0, 1),
            MinPredictionShift = gate.Double("min_prediction_shift", defaults.MinPredictionShift, JsonObjectReader.AboveZero, 1e3),
            MaxDriftShareIncrease = gate.Double("max_drift_share_increase", defaults.MaxDriftShareIncrease, 0, 1),
            MaxFailedInstalls = gate.Int("max_failed_installs", defaults.MaxFailedInstalls, 0, 1_000_000),
        };
    }

    private static string DefaultName(int stage, int stages) =>
        stage == stages - 1 ? "all" : stage == 0 ? "canary" : FormattableString.Invariant($"stage-{stage}");

    private static string? CheckDevice(string text) =>
        DeviceId.TryParse(text, out _) ? null : $"'{text}' is not a device id: use 1 to {DeviceId.MaxLength} of a-z, 0-9 and '-'";
}

/// <summary>A rollout was not begun, or cannot do what is asked; nothing changed.</summary>
/// <param name="conflict">True when it is a matter of the moment (another one is active, this one has ended).</param>
public sealed class RolloutRefusedException(IReadOnlyList<string> sentences, bool conflict)
    : Exception(string.Join(" ", sentences))
{
    /// <summary>Why, one sentence each.</summary>
    public IReadOnlyList<string> Sentences { get; } = sentences;

    /// <summary>True when it may be possible at another moment.</summary>
    public bool IsConflict { get; } = conflict;
}
