using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class ClipSampleTests
{
    // Windows of 4 frames, one every 2; y is the number of the frame, and an answer comes with frames 4, 6, 8...
    private static readonly CapturedClip Clip = new()
    {
        Model = "plant", Version = "1.0.0", Digest = default, Boot = new BootId(1), Reason = CaptureReason.Uncertain, TriggerUnixMs = 9000, TriggerN = 3,
        RateHz = 10,
        Channels = [new CapturedChannel("x", "m/s2", ""), new CapturedChannel("y", "Cel", "")],
        Frames = [.. Enumerable.Range(3, 9).Select(i => new CapturedFrame(1000 + (i * 1000L), i - 8, new double[] { 0.5, i }, default))],
        Answers = [.. Enumerable.Range(1, 4).Select(n => new CapturedAnswer(1000 + ((2 + (2 * n)) * 1000L), n, "busy", 0.9, "busy"))],
    };

    [Fact]
    public void A_sample_is_found_again_with_the_window_that_the_device_had()
    {
        ExplainedSample third = ClipSample.Find(Clip, TestPackages.Manifest, 0, out string objection)!;
        ExplainedSample fourth = ClipSample.Find(Clip, TestPackages.Manifest, 4, out _)!;

        Assert.Equal("", objection);
        Assert.Equal((3, 9000), (third.N, third.UnixMs));
        Assert.Equal([0.5, (5 + 6 + 7 + 8) / 4.0], third.Values.ToArray());
        Assert.Equal([0.5f, (7 + 8 + 9 + 10) / 4f], fourth.Input.ToArray());
    }

    [Fact]
    public void What_cannot_be_found_is_told_in_a_sentence()
    {
        CapturedClip filtered = Clip with { Channels = [Clip.Channels[0], Clip.Channels[1] with { Filter = "round 5" }] };

        Assert.Equal("the clip holds no sample 9; it holds 1 to 4", Objection(Clip, 9));
        Assert.Equal("the clip holds too few frames from before sample 1 (monitoring.capture.before)", Objection(Clip, 1));
        Assert.Equal("sample 3 cannot be explained: its channel y was kept after the filter round 5", Objection(filtered, 3));
        Assert.Equal("no sample set the clip off; name one of 1 to 4", Objection(Clip with { TriggerN = 0 }, 0));
        Assert.Equal("the clip holds no answer", Objection(Clip with { Answers = [] }, 0));
    }

    [Fact]
    public void An_explanation_of_another_answer_than_the_one_that_was_given_is_none()
    {
        ExplanationReport report = new()
        {
            Model = "plant", Version = "1.0.0", Digest = default, N = 3, SampleUnixMs = 9000, Quantity = "probability", Label = "busy", Method = "exact",
            Whole = 0.895, Nothing = 0, CompletenessError = 0, Inferences = 4, Seed = 1, Groups = [],
        };

        Assert.Null(ClipSample.Contradiction(Clip, report));
        Assert.Equal(
            "the clip's frames give busy 0.5 for sample 3, and the answer was busy 0.9: its features remember more than the clip holds",
            ClipSample.Contradiction(Clip, report with { Whole = 0.5 }));
        Assert.NotNull(ClipSample.Contradiction(Clip, report with { Label = "idle" }));
    }

    private static string Objection(CapturedClip clip, long n)
    {
        Assert.Null(ClipSample.Find(clip, TestPackages.Manifest, n, out string objection));
        return objection;
    }
}
