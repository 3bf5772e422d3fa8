using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Statistics;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Monitoring;

public sealed class LedgerSumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Windows_merge_to_the_same_ledger_in_every_order_and_to_that_of_all_samples_at_once(int seed)
    {
        Random random = new(seed);
        LatencyHistogram whole = new();
        List<WindowMessage> windows = [];
        for (int i = 0; i < 20; i++)
        {
            LatencyHistogram queue = new();
            for (int sample = 0; sample < 500; sample++)
            {
                long nanoseconds = (long)Math.Exp(random.NextDouble() * 20);
                queue.Record(nanoseconds);
                whole.Record(nanoseconds);
            }

            windows.Add(Window(queue, due: 10 + i, superseded: i));
        }

        string before = Shown(windows);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(windows));

        Assert.Equal(before, Shown(windows));
        LatencyStageView stage = LedgerView.Of(Sum(windows)).Stages.Single(stage => stage.Name == "queue");
        Assert.Equal(
            (whole.Count, whole.Quantile(0.5) / 1e6, whole.Quantile(0.999) / 1e6, whole.Max / 1e6),
            (stage.Count, stage.P50Ms, stage.P999Ms, stage.MaxMs));
    }

    [Fact]
    public void Stages_stand_in_the_order_of_a_samples_way_and_causes_are_summed()
    {
        LatencyHistogram some = new();
        some.Record(1000);

        LedgerView view = LedgerView.Of(Sum([Window(some, due: 5, superseded: 2), Window(some, due: 6, superseded: 1)]));

        Assert.Equal(["queue", "infer", "end_to_end"], view.Stages.Select(stage => stage.Name));
        Assert.Equal((11L, 6L, 3L), (view.Due, view.Samples, view.Dropped["superseded"]));
    }

    [Fact]
    public void A_window_of_a_device_without_a_ledger_is_read_and_shown()
    {
        LatencyHistogram some = new();
        some.Record(1000);
        string json = JsonSerializer.Serialize(Window(some, due: 0, superseded: 0) with { Stages = null }, WireJson.Default.WindowMessage);

        WindowMessage? read = Read(json, out string reason);

        Assert.Equal("", reason);
        Assert.Equal(["infer", "end_to_end"], LedgerView.Of(Sum([read!])).Stages.Select(stage => stage.Name));
    }

    [Theory]
    [InlineData("\"due\":5", "\"due\":-5", "a count of samples is impossible")]
    [InlineData("\"superseded\":2", "\"superseded\":-2", "a count of samples is impossible")]
    [InlineData("\"superseded\":2", "\"<b>\":2", "a stage or a cause has no plain name")]
    [InlineData("\"stages\":{\"queue\":", "\"stages\":{\"queue\":null,\"act\":", "a list holds null")]
    [InlineData("\"queue\":{\"buckets\":[", "\"queue\":{\"buckets\":[9999,", "queue: histogram has 2 bucket numbers and 1 counts")]
    public void A_ledger_that_no_device_can_have_made_is_refused(string good, string bad, string expected)
    {
        LatencyHistogram some = new();
        some.Record(1000);
        string json = JsonSerializer.Serialize(Window(some, due: 5, superseded: 2), WireJson.Default.WindowMessage);
        Assert.Contains(good, json, StringComparison.Ordinal);

        Assert.Null(Read(json.Replace(good, bad, StringComparison.Ordinal), out string reason));
        Assert.Equal(expected, reason);
    }

    private static WindowMessage? Read(string json, out string reason) => (WindowMessage?)MessageReader.Read(
        new Arrival(DeviceId.Parse("pump-7"), "window", "vitals", System.Text.Encoding.UTF8.GetBytes(json), 1), out reason);

    private static string Shown(List<WindowMessage> windows)
    {
        LedgerView view = LedgerView.Of(Sum(windows));
        return string.Join('\n', view.Stages) + string.Join('\n', view.Dropped) + view.Due + view.Samples + view.Windows;
    }

    private static LedgerSum Sum(List<WindowMessage> windows)
    {
        LedgerSum sum = new();
        windows.ForEach(sum.Add);
        return sum;
    }

    private static WindowMessage Window(LatencyHistogram queue, long due, long superseded) => new()
    {
        Boot = new BootId(1),
        Sequence = 1,
        UnixMs = 1,
        ClockSynchronized = true,
        Model = "vitals",
        Version = "1.0.0",
        Digest = ModelId.Of("m"u8),
        StartUnixMs = 0,
        EndUnixMs = 1,
        Due = due,
        Samples = 3,
        Failed = 0,
        Dropped = new Dictionary<string, long> { ["superseded"] = superseded },
        Predictions = new PredictionCounts { Labels = [], Counts = [] },
        Infer = Counts(queue),
        Path = Counts(queue),
        Stages = new Dictionary<string, LatencyCounts> { ["queue"] = Counts(queue) },
    };

    private static LatencyCounts Counts(LatencyHistogram histogram)
    {
        int[] buckets = new int[LatencyHistogram.BucketCount];
        long[] counts = new long[LatencyHistogram.BucketCount];
        int used = histogram.CopySparse(buckets, counts);
        return new LatencyCounts { Buckets = buckets[..used], Counts = counts[..used], MaxMicroseconds = histogram.Max / 1000.0 };
    }
}
