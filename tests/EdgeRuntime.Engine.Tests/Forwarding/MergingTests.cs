using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Tests.Forwarding;

public sealed class MergingTests
{
    [Fact]
    public void Counts_of_merged_windows_are_the_sums_of_both_and_the_worse_drift_stays()
    {
        WindowMessage merged = WindowMerging.Merge(Window(1), Window(2))!;

        Assert.Equal((2L, 3L), (merged.Sequence, merged.Samples));
        Assert.Equal((1L, 1_000L, 2_500L), (merged.Merged, merged.StartUnixMs, merged.EndUnixMs));
        Assert.Equal(new Dictionary<string, long> { ["late"] = 3, ["gated"] = 2 }, merged.Dropped);
        Assert.Equal([3, 5, 7], merged.Infer.Buckets);
        Assert.Equal([1, 3, 2], merged.Infer.Counts);
        Assert.Equal(2, merged.Infer.MaxMicroseconds);
        Assert.Equal([3, 30], merged.Features[0].Counts);
        Assert.Equal((0.2, 0.1), (merged.Features[0].Psi, merged.Features[0].Threshold));
        Assert.Equal(
            new MomentCounts { Step = 1, Sum = 30, Squares = 50, Cubes = -3, Fourths = Int128.MaxValue / 64 * 3, Pairs = 3, Min = -2, Max = 2 },
            merged.Features[0].Moments);
        Assert.Equal([3, 8], merged.Features[0].Quantiles!.PositiveKeys);
        Assert.Equal([1, 2], merged.Features[0].Quantiles!.PositiveCounts);
        Assert.Equal(3, merged.Features[0].Unseen);
        Assert.Equal(new FeatureSignals("page_hinkley", 3, 1_000), merged.Features[0].Signals);
        Assert.Equal(2, merged.Features[0].Test!.Ratio);
        Assert.Equal(["m0", "m1"], merged.Categories!.Select(told => told.Name));
        Assert.Null(merged.VerdictHash);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public void It_does_not_matter_which_windows_are_merged_first(int seed)
    {
        Random random = new(seed);
        WindowMessage[] windows = [.. Enumerable.Range(1, 8).Select(Window)];
        string expected = Body(windows.Aggregate((one, other) => WindowMerging.Merge(one, other)!));
        for (int round = 0; round < 50; round++)
        {
            Assert.Equal(expected, Body(MergeOrders.Drawn(windows, random)));
        }
    }

    [Fact]
    public void Windows_of_another_package_or_with_other_bins_are_not_merged()
    {
        WindowMessage window = Window(1);

        Assert.Null(WindowMerging.Merge(window, window with { Digest = ModelId.Of("another"u8) }));
        Assert.Null(WindowMerging.Merge(window, window with { Features = [] }));
        Assert.Null(WindowMerging.Merge(window, window with { Predictions = window.Predictions with { Labels = ["other", "labels"] } }));
        Assert.Null(WindowMerging.Merge(window, window with { Features = [window.Features[0] with { Moments = null }] }));
        Assert.Null(WindowMerging.Merge(
            window, window with { Features = [window.Features[0] with { Moments = window.Features[0].Moments! with { Step = 2 } }] }));
        Assert.Null(WindowMerging.Merge(
            window, window with { Features = [window.Features[0] with { Quantiles = window.Features[0].Quantiles! with { Classes = 32 } }] }));
        Assert.Null(WindowMerging.Merge(
            window, window with { Features = [window.Features[0] with { Quantiles = window.Features[0].Quantiles! with { PositiveKeys = [] } }] }));
        Assert.Null(WindowMerging.Merge(window, window with { Infer = window.Infer with { Buckets = [7, 3] } }));
    }

    [Fact]
    public void Messages_are_merged_by_topic_within_their_span_and_what_may_have_been_sent_is_left_alone()
    {
        List<StoredMessage> messages = [];
        for (int i = 1; i <= 8; i++)
        {
            messages.Add(Stored(OutboxRig.WindowOf(new BootId(1), i, i * 1000, $"w{i}", model: i % 2 == 0 ? "b" : "a")) with { Sent = i == 5 });
        }

        IReadOnlyList<StoredMessage> merged = MessageMerging.Merge(messages, TimeSpan.FromSeconds(4));

        // a: 1+3, then 5 was sent, then 7; b: 2+4+6, and 8 is more than 4 s later.
        Assert.Equal(["a 3", "a 5", "b 6", "a 7", "b 8"], merged.Select(message => $"{message.Rest[^1]} {message.Sequence}"));
        Assert.Equal([2, 1, 3, 1, 1], merged.Select(message => message.StandsFor));
    }

    [Fact]
    public void Batches_of_predictions_are_joined_up_to_a_full_one()
    {
        PredictionMessage[] batches = [.. Enumerable.Range(1, 60).Select(Batch)];

        PredictionMessage joined = batches.Take(50).Aggregate((one, other) => PredictionMerging.Merge(one, other)!);

        Assert.Equal(100, joined.Predictions.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), joined.Predictions.Select(prediction => prediction.N));
        Assert.Null(PredictionMerging.Merge(joined, batches[50]));
        Assert.Null(PredictionMerging.Merge(batches[0], batches[1] with { Boot = new BootId(2) }));
    }

    [Fact]
    public void A_payload_that_is_not_what_its_record_says_stays_as_it_is()
    {
        StoredMessage[] messages =
        [
            Stored(Window(1)) with { Payload = "not JSON"u8.ToArray() },
            Stored(Window(2)) with { Sequence = 9 },
            Stored(Window(3)) with { Payload = "{}"u8.ToArray() },
            Stored(Window(4)) with { Payload = Without("dropped", Window(4)) },
            Stored(Window(5)) with { Payload = Without("features", Window(5)) },
        ];

        Assert.Equal(messages, MessageMerging.Merge(messages, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Windows_as_protobuf_are_merged_as_protobuf_and_never_with_others()
    {
        StoredMessage[] messages = [.. Enumerable.Range(1, 3).Select(i => Stored(Window(i)) with { Payload = WindowCodec.Write(Window(i)) })];

        StoredMessage one = Assert.Single(MessageMerging.Merge(messages, TimeSpan.FromHours(1)));
        WindowMessage merged = WindowCodec.Read(one.Payload.Span, "m");

        Assert.Equal((3, 2L, 6L), (one.StandsFor, merged.Merged, merged.Samples));
        Assert.Equal([6, 60], merged.Features[0].Counts);
        Assert.Equal(60, merged.Features[0].Moments!.Sum);
        Assert.Equal(3, MessageMerging.Merge([messages[0], Stored(Window(2)), messages[2]], TimeSpan.FromHours(1)).Count);
    }

    private static byte[] Without(string member, WindowMessage window)
    {
        JsonNode json = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage))!;
        json.AsObject().Remove(member);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static StoredMessage Stored(WindowMessage window) => new()
    {
        Rest = $"window/{window.Model}", Boot = window.Boot, Sequence = window.Sequence, UnixMs = window.UnixMs,
        Payload = JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage),
    };

    // All but the identity, which is the newest one's; dictionaries and lists by their text.
    private static string Body(WindowMessage window) => JsonSerializer.Serialize(
        window with { Dropped = new SortedDictionary<string, long>(window.Dropped.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) },
        WireJson.Default.WindowMessage);

    private static PredictionMessage Batch(int sequence) => new()
    {
        Boot = new BootId(1), Sequence = sequence, UnixMs = sequence, ClockSynchronized = true, Model = "m", Version = "1.0.0",
        Predictions = [.. Enumerable.Range((sequence - 1) * 2, 2).Select(n => new Prediction(n, n, "a", 0.5, "a"))],
    };

    private static WindowMessage Window(int i) => OutboxRig.WindowOf(new BootId(1), i, i * 1000, "late") with
    {
        EndUnixMs = (i * 1000) + 500,
        Samples = i,
        Dropped = i % 2 == 0 ? new Dictionary<string, long> { ["late"] = i, ["gated"] = 2 } : new Dictionary<string, long> { ["late"] = i },
        Predictions = new PredictionCounts { Labels = ["a", "b"], Counts = [i, 1], Confidence = [0, i], Psi = 0.01 * i, Threshold = 0.05 },
        Infer = new LatencyCounts { Buckets = i % 2 == 0 ? [5, 7] : [3, 5], Counts = i % 2 == 0 ? [2, 2] : [1, 1], MaxMicroseconds = i },
        Stages = i % 3 == 0 ? null : new Dictionary<string, LatencyCounts>
        {
            ["read"] = new() { Buckets = [i], Counts = [1], MaxMicroseconds = 1 },
        },
        Features = [new FeatureCounts { Name = "f", Counts = [i, 10 * i], Psi = 0.1 * i, Threshold = 0.1, Moments = Moments(i), Unseen = i, Quantiles = Quantiles(i), Signals = new FeatureSignals("page_hinkley", i, 1_000 * i), Test = Test(i) }],
        Channels = i % 2 == 0 ? [new ChannelCounts { Name = $"c{i}", Faults = new Dictionary<string, long> { ["stuck"] = 1 } }] : null,
        Categories = i % 3 == 0 ? null : [Categories($"m{i % 2}", i)],
        VerdictHash = "0123456789abcdef",
    };

    private static FeatureTest Test(int i) => new() { Name = "ks", Statistic = 0.1 * i, Effect = 0.1 * i, Level = 0.05, MinEffect = 0.1, Ratio = i };

    private static QuantileCounts Quantiles(int i) =>
        new() { Accuracy = 0.02, Classes = 16, PositiveKeys = [(5 * i) - 2], PositiveCounts = [i] };

    private static CategoryCounts Categories(string name, int i)
    {
        CategoryCounter counter = new([]);
        for (int value = 0; value < i; value++)
        {
            counter.Record(value);
        }

        return CategoryReport.Of(name, counter);
    }

    private static MomentCounts Moments(int i) => new()
    {
        Step = 1, Sum = 10 * i, Squares = 10 * i * i, Cubes = -i, Fourths = Int128.MaxValue / 64 * i, Pairs = i, Min = -i, Max = i,
    };
}
