using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class HealthReportTests
{
    private const double Missing = double.NaN;

    private readonly ChannelHealth _health = new(
        [new ManifestChannel("a", "1", 0, 10), new ManifestChannel("b", "1", 0, 10)], [new Channel("a", "1"), new Channel("b", "1")], null,
        rateHz: 1, frequency: 1000);

    private int _frames;

    [Fact]
    public void A_fault_is_told_when_it_begins_and_when_it_ends_once_for_all_channels_it_concerns()
    {
        HealthReport report = new(_health);

        Feed((5, 5), (11, -1));
        HealthChange begins = Assert.Single(report.TakeChanges());
        Feed((11, 11), (5, 5));
        Assert.Empty(report.TakeChanges());
        Feed((5, 5), (5, 5), (5, 5), (5, 5));
        HealthChange ends = Assert.Single(report.TakeChanges());

        Assert.Equal(("out_of_range", true, "values outside the physical range from a, b"), (begins.Fault, begins.Begins, begins.Detail));
        Assert.Equal(("out_of_range", false), (ends.Fault, ends.Begins));
        Assert.Equal([("a", 2), ("b", 2)], ends.Channels.Select(pair => (pair.Key, pair.Value)));
        Assert.Empty(report.TakeChanges());
    }

    [Fact]
    public void A_window_holds_the_frames_since_the_last_by_channel_and_cause()
    {
        HealthReport report = new(_health);

        Feed((5, 5), (11, Missing), (Missing, Missing));
        ChannelCounts[] first = [.. report.TakeCounts()!];
        Feed((5, Missing));
        ChannelCounts second = Assert.Single(report.TakeCounts()!);

        Assert.Equal(["a", "b"], first.Select(counts => counts.Name));
        Assert.Equal([("missing", 1L), ("out_of_range", 1L)], first[0].Faults.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("missing", 2L)], first[1].Faults.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(("b", 1L), (second.Name, second.Faults["missing"]));
        Assert.Null(report.TakeCounts());
        Assert.Equal(["missing"], report.Standing()!["b"]);
    }

    [Fact]
    public void Jumps_of_the_wall_clock_are_counted_and_told()
    {
        HealthReport report = new(_health);

        _health.Check([5, 5], new FrameTime(0, 1_000_000));
        _health.Check([5, 5], new FrameTime(1000, 900_000));
        _health.Check([5, 5], new FrameTime(2000, 9_000_000));

        Assert.Equal(["clock_backwards", "clock_forwards"], report.TakeChanges().Select(change => change.Fault));
        Assert.Equal([("clock_backwards", 1L), ("clock_forwards", 1L)], report.TakeClock()!.Select(pair => (pair.Key, pair.Value)));
        Assert.Null(report.TakeClock());
        Assert.Empty(report.TakeChanges());
    }

    [Fact]
    public void A_fault_that_begins_is_told_with_when_its_frames_began_and_how_sure_it_is()
    {
        ChannelReference reference = new() { Name = "a", Rows = 4000, Low = 10, High = 30, UsualStep = 1, LargestStep = 2, MeanStep = 0.5, HighestSteps = 2 };
        ChannelHealth health = new(
            [new ManifestChannel("a", "Cel")], [new Channel("a", "Cel")], null, rateHz: 1, frequency: 1000,
            reference: new ReferenceProfile { Rows = 4000, EffectiveRows = 100, EffectiveShare = 0.1, Features = [], Channels = [reference] });
        HealthReport report = new(health);

        for (int i = 0; i < 80; i++)
        {
            double celsius = 20 + (0.5 * (i % 3));
            health.Check([i < 40 ? celsius : (1.8 * celsius) + 32], new FrameTime(i * 1000, i * 1000));
        }

        HealthChange change = Assert.Single(report.TakeChanges());
        ChannelFinding finding = Assert.Single(change.Findings!);
        Assert.Equal(("unit", "values in another unit from a: a as degrees Fahrenheit"), (change.Fault, change.Detail));
        Assert.Equal(("a", 40_000L), (finding.Name, finding.SinceUnixMs));
        Assert.InRange(finding.Sure, 0.5, 0.9999);
    }

    [Fact]
    public void Unlisted_categories_are_told_once_and_never_of_a_channel_that_is_to_be_hidden()
    {
        ManifestChannel[] channels = [new("mode", "1") { Type = "category" }, new("badge", "1") { Type = "category" }];
        ChannelHealth health = new(
            channels, [.. channels.Select(channel => new Channel(channel.Name, channel.Unit))], null, rateHz: 1, frequency: 1000,
            reference: new ReferenceProfile
            {
                Rows = 4000, EffectiveRows = 100, EffectiveShare = 0.1, Features = [],
                Channels =
                [
                    .. channels.Select(channel => new ChannelReference
                    {
                        Name = channel.Name, Rows = 4000, Categories = new CategoryReference { Distinct = 2, Codes = [1, 2], Counts = [3000, 1000] },
                    }),
                ],
            });
        HealthReport report = new(health);

        for (int i = 0; i < 10; i++)
        {
            health.Check([i, i], new FrameTime(i * 1000, i * 1000));
        }

        health.CloseWindow();
        CategoryCounts told = Assert.Single(report.TakeCategories(new HashSet<string> { "badge" })!);
        Assert.Equal(("mode", 8), (told.Name, told.Heaviest.Count));
        Assert.Null(report.TakeCategories(new HashSet<string>()));
    }

    // A second apart.
    private void Feed(params (double A, double B)[] frames)
    {
        foreach ((double a, double b) in frames)
        {
            _health.Check([a, b], new FrameTime(_frames * 1000, 1_700_000_000_000 + (_frames * 1000)));
            _frames++;
        }
    }
}
