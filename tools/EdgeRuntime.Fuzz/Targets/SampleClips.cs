using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Clips with every member, for the fuzzer and for tests of the codec.</summary>
internal static class SampleClips
{
    /// <summary>Of two channels; a sensor may measure what is no number.</summary>
    public static CapturedClip Channels { get; } = new()
    {
        Model = "flow",
        Version = "1.2.0",
        Digest = ModelId.Of("flow"u8),
        Boot = new BootId(7),
        Reason = CaptureReason.Novel,
        TriggerUnixMs = 1_700_000_000_000,
        TriggerN = 41,
        RateHz = 5,
        Channels = [new CapturedChannel("x", "Cel", ""), new CapturedChannel("y", "1", "round 0.5")],
        Frames =
        [
            new CapturedFrame(1_699_999_999_800, -0.2, new[] { 20.5, double.NaN }, default),
            new CapturedFrame(1_700_000_000_000, 0, new[] { 21, double.PositiveInfinity }, default),
        ],
        Answers = [new CapturedAnswer(1_700_000_000_000, 41, "idle", 0.75, "normal")],
    };

    /// <summary>Of pictures, one of which was not kept.</summary>
    public static CapturedClip Pictures { get; } = Channels with
    {
        Channels = [],
        Picture = new CapturedPicture(4, 3, "rgb", ""),
        Frames = [new CapturedFrame(1_700_000_000_000, 0, default, new byte[36]), new CapturedFrame(1_700_000_000_200, 0.2, default, default)],
    };
}
