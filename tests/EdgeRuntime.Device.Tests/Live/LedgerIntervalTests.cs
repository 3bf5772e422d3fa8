using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Tests.Live;

public sealed class LedgerIntervalTests
{
    [Fact]
    public void Two_readings_show_only_what_happened_between_them()
    {
        LatencyHistogram first = new();
        first.Record(5_000_000_000);
        LatencyHistogram second = new();
        second.Add(first);
        for (int i = 0; i < 100; i++)
        {
            second.Record(1000);
        }

        LiveLedger before = Ledger("b", 10_000, Model("a", 1, first, ("late", 4)));
        LiveLedger now = Ledger("b", 12_000, Model("a", 101, second, ("late", 4), ("gated", 7)));

        LedgerInterval interval = new(now, before);

        LiveModel model = now.Models[0];
        Assert.Equal(50, interval.Rate(model));
        Assert.Equal(7, interval.Dropped(model));
        Assert.Equal("gated", interval.MostCause(model));
        LatencyHistogram times = interval.Times(model, "infer");
        Assert.Equal(100, times.Count);
        Assert.InRange(times.Max, 1000, 1032);
    }

    [Fact]
    public void A_device_that_started_again_is_shown_since_its_start()
    {
        LatencyHistogram times = new();
        times.Record(1000);
        LiveLedger before = Ledger("old", 90_000, Model("a", 9000, new LatencyHistogram()));
        LiveLedger now = Ledger("new", 2_000, Model("a", 10, times));

        LedgerInterval interval = new(now, before);

        Assert.Equal(5, interval.Rate(now.Models[0]));
        Assert.Equal(1, interval.Times(now.Models[0], "infer").Count);
    }

    [Fact]
    public void Lines_are_sorted_by_the_column_that_was_asked_for()
    {
        LatencyHistogram slow = new();
        slow.Record(9_000_000);
        LatencyHistogram fast = new();
        fast.Record(1_000);
        LiveLedger now = Ledger("b", 1000, Model("alpha", 5, fast, ("late", 3)), Model("beta", 50, slow));
        LedgerInterval interval = new(now, null);

        Assert.Equal(["alpha", "beta"], Order(interval, "name"));
        Assert.Equal(["beta", "alpha"], Order(interval, "rate"));
        Assert.Equal(["beta", "alpha"], Order(interval, "infer"));
        Assert.Equal(["alpha", "beta"], Order(interval, "dropped"));
    }

    [Fact]
    public void What_became_of_every_sample_and_how_long_each_stage_took_is_shown_for_each_model()
    {
        LatencyHistogram times = new();
        times.Record(2_000_000);
        LiveLedger now = Ledger("b", 1000, Model("alpha", 5, times, ("late", 3), ("gated", 1)) with { Due = 11, Waiting = 2 });

        string[] words = TopView.Lines(new LedgerInterval(now, null), "name")
            .Last(line => line.StartsWith("alpha", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // Due, served, dropped and waiting; then read, features and queue, which did not occur, and infer.
        Assert.Equal(["alpha", "11", "5", "4", "2", "-", "-", "-", "2.00", "ms"], words[..10]);
    }

    private static string[] Order(LedgerInterval interval, string sort) =>
        [.. TopView.Lines(interval, sort).Select(line => line.Split(' ')[0]).Where(word => word is "alpha" or "beta").Distinct()];

    private static LiveLedger Ledger(string boot, long uptimeMs, params LiveModel[] models) => new()
    {
        Device = "pump-7",
        Boot = boot,
        UnixMs = 0,
        UptimeMs = uptimeMs,
        Link = "127.0.0.1:1883",
        LinkUp = true,
        Waiting = 0,
        Dropped = 0,
        Collections = 0,
        PausedMs = 0,
        ResidentBytes = 0,
        Sensors = [],
        Models = models,
    };

    private static LiveModel Model(string name, long samples, LatencyHistogram infer, params (string Cause, long Count)[] dropped) => new()
    {
        Name = name,
        Phase = "",
        Sensor = name,
        Overload = "block",
        Due = samples,
        Samples = samples,
        Failed = 0,
        Dropped = dropped.ToDictionary(each => each.Cause, each => each.Count),
        Waiting = 0,
        DeadlineMisses = 0,
        Stages = new Dictionary<string, LatencyCounts> { ["infer"] = LedgerCounts.Of(infer) },
    };
}
