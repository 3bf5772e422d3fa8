using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Tests.Sampling;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class CaptureRecorderTests
{
    [Fact]
    public void An_unsure_answer_keeps_the_frames_before_and_after_its_own_and_what_the_model_said()
    {
        List<CapturedClip> clips = Run(new CaptureSpec { Before = 3, After = 2, UncertainMargin = 0.2, EveryS = 0 }, frames: 20, unsureAt: 10);

        CapturedClip clip = Assert.Single(clips);
        Assert.Equal((CaptureReason.Uncertain, 11), (clip.Reason, clip.TriggerN));
        Assert.Equal([7.0, 8, 9, 10, 11, 12], clip.Frames.Select(frame => frame.Values.Span[1]));
        Assert.Equal([-0.3, -0.2, -0.1, 0, 0.1, 0.2], clip.Frames.Select(frame => Math.Round(frame.Seconds, 9)));
        Assert.Equal([8L, 9, 10, 11, 12, 13], clip.Answers.Select(answer => answer.N));
        Assert.Equal("busy", clip.Answers[0].Label);
    }

    [Fact]
    public void What_comes_while_a_clip_is_made_joins_it_and_what_comes_soon_after_is_left_out()
    {
        CaptureSpec spec = new() { Before = 1, After = 4, UncertainMargin = 0.2, EveryS = 1 };
        List<CapturedClip> clips = Run(spec, frames: 40, out CaptureRecorder recorder, 5, 7, 11, 30);

        Assert.Equal([6L, 31], clips.Select(clip => clip.TriggerN));
        Assert.Equal((1, 1), (recorder.Joined, recorder.Suppressed));
    }

    [Fact]
    public void A_feature_outside_of_all_that_the_reference_knows_is_novel()
    {
        List<CapturedClip> clips = Run(new CaptureSpec { Before = 0, After = 0, NovelFeatures = 1, EveryS = 0 }, frames: 20, unsureAt: 15);

        // The reference ends at 18: the last two frames lie beyond.
        Assert.Equal([(CaptureReason.Novel, 18.0), (CaptureReason.Novel, 19.0)], clips.Select(clip => (clip.Reason, clip.Frames[0].Values.Span[1])));
    }

    [Fact]
    public void Only_the_manifests_channels_are_kept_and_only_after_their_filters()
    {
        PrivacySpec[] privacy = [new PrivacySpec { Channel = "x", Filter = "drop" }, new PrivacySpec { Channel = "y", Filter = "round", Step = 5 }];
        CapturedClip clip = Run(new CaptureSpec { Before = 3, After = 0, UncertainMargin = 0.2 }, frames: 12, unsureAt: 8, privacy)[0];

        Assert.Equal(["x[m/s2] drop", "y[Cel] round 5"], clip.Channels.Select(channel => $"{channel.Name}[{channel.Unit}] {channel.Filter}"));
        Assert.All(clip.Frames, frame => Assert.True(double.IsNaN(frame.Values.Span[0])));
        Assert.Equal([5.0, 5, 5, 10], clip.Frames.Select(frame => frame.Values.Span[1]));
    }

    [Fact]
    public void A_wish_is_met_with_the_newest_frames_and_a_clip_without_its_last_ones_can_be_finished()
    {
        CaptureRecorder recorder = Recorder(new CaptureSpec { Before = 2, After = 50 }, []);
        Frame frame = Source().NewFrame();
        for (int i = 0; i < 5; i++)
        {
            Fill(frame, i);
            if (i == 3)
            {
                recorder.Ask(CaptureReason.Asked);
            }

            Assert.Null(recorder.Add(frame));
        }

        CapturedClip clip = recorder.Finish()!;

        Assert.Equal((CaptureReason.Asked, 0), (clip.Reason, clip.TriggerN));
        Assert.Equal([1.0, 2, 3, 4], clip.Frames.Select(frame => frame.Values.Span[1]));
        Assert.Null(recorder.Finish());
    }

    [Fact]
    public void An_answer_is_recalled_with_the_frames_before_it_as_they_were_for_as_long_as_there_is_room()
    {
        PrivacySpec[] privacy = [new PrivacySpec { Channel = "y", Filter = "drop" }];
        CaptureRecorder recorder = Recorder(new CaptureSpec { Before = 3, After = 2, UncertainMargin = 0.2, EveryS = 3600 }, privacy);
        Run(500, recorder, [10]);

        CapturedClip recalled = recorder.Recall(480)!;

        Assert.Equal((480, 1000 + (479 * 100L)), (recalled.TriggerN, recalled.TriggerUnixMs));
        Assert.Equal([477.0, 478, 479], recalled.Frames.TakeLast(3).Select(frame => frame.Values.Span[1]));
        Assert.Equal(480, Assert.Single(recalled.Answers).N);
        Assert.Null(recorder.Recall(200));
        Assert.Null(recorder.Recall(501));
    }

    [Fact]
    public void A_clip_is_read_back_as_it_was_written_and_no_part_of_it_is_taken_for_a_whole_one()
    {
        CapturedClip clip = Run(new CaptureSpec { Before = 3, After = 1, UncertainMargin = 0.2 }, frames: 12, unsureAt: 8)[0];
        byte[] written = ClipCodec.Write(clip);

        CapturedClip read = ClipCodec.Read(written);

        Assert.Equal(written, ClipCodec.Write(read));
        Assert.Equal(clip.Frames.Select(frame => frame.Values.ToArray()), read.Frames.Select(frame => frame.Values.ToArray()));
        Assert.Equal(clip.Answers, read.Answers);
        for (int length = 0; length < written.Length; length++)
        {
            try
            {
                Assert.True(ClipCodec.Read(written.AsSpan(0, length)).Frames.Count <= clip.Frames.Count);
            }
            catch (FormatException)
            {
            }
        }
    }

    private static List<CapturedClip> Run(CaptureSpec spec, int frames, int unsureAt, params PrivacySpec[] privacy) =>
        Run(frames, Recorder(spec, privacy), [unsureAt]);

    private static List<CapturedClip> Run(CaptureSpec spec, int frames, out CaptureRecorder recorder, params int[] unsureAt) =>
        Run(frames, recorder = Recorder(spec, []), unsureAt);

    // One frame is one sample; y is the frame's number. An answer comes before its frame, as where the path serves at once.
    private static List<CapturedClip> Run(int frames, CaptureRecorder recorder, int[] unsureAt)
    {
        List<CapturedClip> clips = [];
        WatchedAnswer answer = new(2, 2);
        Frame frame = Source().NewFrame();
        for (int i = 0; i < frames; i++)
        {
            Fill(frame, i);
            double sure = unsureAt.Contains(i) ? 0.55 : 0.95;
            answer.Fill(frame.Time, [0.5, i], i + 1, Decoded.Class(1, [1 - sure, sure]), 1);
            clips.AddRange(((CapturedClip?[])[recorder.Add(answer), recorder.Add(frame)]).OfType<CapturedClip>());
        }

        return clips;
    }

    private static void Fill(Frame frame, int number)
    {
        frame.Time = new FrameTime(number * TimeSpan.TicksPerSecond / 10, 1000 + (number * 100L));
        frame.Values[1] = 0.5;
        frame.Values[2] = number;
    }

    private static FrameSource Source() => new(new ListedSensor(TimeProvider.System, 10, TestPackages.Site.Channels, []));

    private static CaptureRecorder Recorder(CaptureSpec spec, PrivacySpec[] privacy) => new(
        Loaded(spec, privacy), TestPackages.Site, ["idle", "busy", "unknown"], BootId.Draw(new Random(1)), Source().NewFrame, null, new Random(1),
        TimeSpan.TicksPerSecond);

    private static LoadedModel Loaded(CaptureSpec spec, PrivacySpec[] privacy)
    {
        ReferenceProfile reference = new()
        {
            Rows = 10, EffectiveRows = 10, EffectiveShare = 1,
            Features = [new ReferenceFeature { Name = "x_mean", Edges = [0, 2], Counts = [0, 10, 0] }, new ReferenceFeature { Name = "y_mean", Edges = [-1, 18], Counts = [0, 10, 0] }],
            PredictionShares = [0.5, 0.5],
        };
        ModelManifest manifest = TestPackages.Manifest with { Monitoring = new MonitoringSpec { Capture = spec, Privacy = privacy } };
        byte[] package = PackageWriter.Pack(
            manifest,
            new Dictionary<string, byte[]>
            {
                ["model.onnx"] = LinearModel.File(2, 2, 1, 0, 0, 1),
                [GoldenVectors.FileName] = PackageWriter.Encode(new GoldenVectors { Tolerance = 1e-4, Vectors = [new GoldenVector([1, 2], [1, 2])] }),
                [ReferenceProfile.FileName] = PackageWriter.Encode(reference),
            },
            TestPackages.ReleaseKey);
        return TestPackages.Verification.Verify(package, TestPackages.Site, _ => null);
    }
}
