using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class TimeWindowTests
{
    [Fact]
    public void Tumbling_windows_follow_each_other_from_the_first_frame_on()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "tumbling", LengthMs = 100 });

        // Windows [1000, 1100) and [1100, 1200); each is a sample with the first frame after it.
        List<(long At, double Sum)> samples = Push(pipeline, (1000, 1), (1040, 2), (1099, 4), (1100, 8), (1199, 16), (1230, 32));

        Assert.Equal([(1100, 7), (1230, 24)], samples);
    }

    [Fact]
    public void Sliding_windows_overlap_by_what_the_hop_leaves()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "sliding", LengthMs = 100, HopMs = 50 });

        List<(long At, double Sum)> samples = Push(pipeline, (0, 1), (30, 2), (60, 4), (90, 8), (120, 16), (150, 32), (180, 64));

        // [0, 100), [50, 150): the second is complete with the frame at 150.
        Assert.Equal([(120, 15), (150, 28)], samples);
    }

    [Fact]
    public void A_silence_longer_than_the_gap_ends_a_session_and_one_of_its_length_does_not()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "session", GapMs = 50 });

        List<(long At, double Sum)> samples = Push(pipeline, (0, 1), (50, 2), (100, 4), (151, 8), (160, 16), (300, 32));

        Assert.Equal([(151, 7), (300, 24)], samples);
    }

    [Fact]
    public void A_frame_without_a_value_is_silence_that_ends_a_session_and_is_no_part_of_it()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "session", GapMs = 50 });
        const double None = double.NaN;

        List<(long At, double Sum)> samples = Push(
            pipeline, (0, None), (20, 1), (40, None), (60, 2), (80, None), (100, None), (120, None), (140, None), (160, 4), (180, 8), (400, None));

        // The gap is over with the frames at 120 and 400, and the next session begins with the next value.
        Assert.Equal([(120, 3), (400, 12)], samples);
    }

    [Fact]
    public void A_session_ends_at_its_longest_and_when_its_memory_is_full()
    {
        FeaturePipeline byTime = Of(new WindowSpec { Kind = "session", GapMs = 50, LengthMs = 60 });
        FeaturePipeline byFrames = Of(new WindowSpec { Kind = "session", GapMs = 50 }, mostFrames: 2);

        Assert.Equal([(60, 3)], Push(byTime, (0, 1), (30, 2), (60, 4), (90, 8)));
        Assert.Equal([(60, 3)], Push(byFrames, (0, 1), (30, 2), (60, 4), (90, 8)));
    }

    [Fact]
    public void A_window_with_too_few_frames_is_no_sample()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "tumbling", LengthMs = 100, MinFrames = 2 });

        Assert.Equal([(300, 12)], Push(pipeline, (0, 1), (150, 2), (210, 4), (290, 8), (300, 16)));
    }

    [Fact]
    public void After_a_silence_of_many_windows_one_sample_is_due_and_the_windows_keep_their_places()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "tumbling", LengthMs = 100 });

        Assert.Equal([(1050, 1), (1100, 2)], Push(pipeline, (0, 1), (1050, 2), (1100, 4)));
    }

    [Fact]
    public void A_clock_that_is_set_back_begins_anew()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "tumbling", LengthMs = 100 });

        Assert.Equal([(620, 12)], Push(pipeline, (1000, 1), (1050, 2), (500, 4), (590, 8), (620, 16)));
    }

    [Fact]
    public void Only_the_newest_frames_are_kept_where_a_window_holds_more_than_there_is_room_for()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "tumbling", LengthMs = 100 }, mostFrames: 3);

        Assert.Equal([(100, 28)], Push(pipeline, (0, 1), (10, 2), (20, 4), (30, 8), (40, 16), (100, 32)));
    }

    [Fact]
    public void A_slope_is_per_second_of_the_frames_own_times()
    {
        ModelManifest manifest = Manifest(new WindowSpec { Kind = "tumbling", LengthMs = 1000 }, 10, Some.Feature("slope"));
        FeaturePipeline pipeline = Some.Pipeline(manifest);

        foreach (long ms in (long[])[0, 100, 700])
        {
            pipeline.Push([3 * ms / 1000.0, 0], ms);
        }

        pipeline.Push([0, 0], 1000);

        Assert.Equal(3, pipeline.Values[0], 1e-12);
    }

    [Fact]
    public void Windows_by_time_allocate_nothing()
    {
        FeaturePipeline pipeline = Of(new WindowSpec { Kind = "sliding", LengthMs = 100, HopMs = 20 });
        PushMany(pipeline, 0, 1_000);

        Assert.Equal(0, Allocated.By(() => PushMany(pipeline, 1_000, 20_000)));
    }

    private static void PushMany(FeaturePipeline pipeline, int first, int count)
    {
        Span<double> frame = stackalloc double[2];
        for (int i = first; i < first + count; i++)
        {
            frame[0] = i;
            pipeline.Push(frame, 7L * i);
        }
    }

    private static ModelManifest Manifest(WindowSpec window, int mostFrames, params FeatureSpec[] features)
    {
        ModelManifest manifest = Some.Manifest(mostFrames, 1, features);
        return manifest with { Pipeline = manifest.Pipeline with { Window = window } };
    }

    private static FeaturePipeline Of(WindowSpec window, int mostFrames = 16) =>
        Some.Pipeline(Manifest(window, mostFrames, Some.Feature("sum")));

    private static List<(long At, double Sum)> Push(FeaturePipeline pipeline, params (long At, double X)[] frames)
    {
        List<(long, double)> samples = [];
        foreach ((long at, double x) in frames)
        {
            if (pipeline.Push([x, 0], at))
            {
                samples.Add((at, pipeline.Values[0]));
            }
        }

        return samples;
    }
}
