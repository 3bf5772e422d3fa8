using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What a fleet adds up: reports of windows in both encodings. What is not valid must not be added, and the order must not matter.</summary>
internal static class WindowReports
{
    private static readonly DeviceId Device = DeviceId.Parse("line-7-press-2");

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "report-protobuf",
            About = "a window as protobuf, taken in and added up by the fleet",
            Run = bytes => WindowCodec.IsProtobuf(bytes) && Report(bytes),
            Seeds = () => Seeds().Select(WindowCodec.Write),
            Mutations = [ReportMutation.Protobuf, ReportMutation.Protobuf, ReportMutation.Protobuf, ProtoMutation.Change, ByteMutation.Havoc],
            FixedBytes = 1024 * 1024,
            Weight = 2,
        },
        new Target
        {
            Name = "report-json",
            About = "a window as JSON, taken in and added up by the fleet",
            Run = Report,
            Seeds = () => Seeds().Select(window => JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage)),
            Mutations = [ReportMutation.Json, ReportMutation.Json, ReportMutation.Json, JsonMutation.Change, ByteMutation.Havoc],
            FixedBytes = 1024 * 1024,
            Weight = 2,
        },
        new Target
        {
            Name = "report-merge",
            About = "two windows, merged by a device whose disk is full and added up by the fleet, in both orders",
            Run = Pair,
            Seeds = () => Seeds().Select(window => ReportMutation.Join(WindowCodec.Write(window), WindowCodec.Write(window with { Sequence = 8 }))),
            Mutations = [ReportMutation.Pair],
            FixedBytes = 2 * 1024 * 1024,
            Weight = 2,
        },
    ];

    private static IEnumerable<WindowMessage> Seeds() =>
    [
        SampleReports.Typical(),
        SampleReports.Typical() with { Clock = new Dictionary<string, long> { ["clock_forwards"] = 1 }, Categories = null },
    ];

    // What the reader accepted can be written and read again; what was added has sums that values can have, before and after adding.
    private static bool Report(byte[] bytes)
    {
        if (Read(bytes) is not WindowMessage window)
        {
            return false;
        }

        // Of one in four, which is enough for this and leaves time for the sums.
        if (WindowCodec.IsProtobuf(bytes) && bytes.Length % 4 == 0)
        {
            byte[] written = WindowCodec.Write(window);
            WindowMessage again = WindowCodec.Read(written, SampleReports.Model);
            Promise.Require(WindowCodec.Write(again).AsSpan().SequenceEqual(written), "writing and reading change it");
        }

        InputSum sum = NewSum();
        sum.Take("a", window);
        sum.Take("a", window);
        sum.Take("b", window);

        // Where twice as many samples have no room in a sum, the second is refused.
        bool isLarge = window.Samples > MomentSums.LargestCount / 2;
        Promise.Require(sum.Total.Windows is 0 or 2 || isLarge, "a report was not added once for each device");
        Valid(sum);
        return sum.Total.Windows > 0;
    }

    private static bool Pair(byte[] bytes)
    {
        (byte[] first, byte[] second) = ReportMutation.Split(bytes);
        if (Read(first) is not WindowMessage one || Read(second) is not WindowMessage other)
        {
            return false;
        }

        InputSum forwards = NewSum();
        InputSum backwards = NewSum();
        forwards.Take("a", one);
        forwards.Take("b", other);
        backwards.Take("b", other);
        backwards.Take("a", one);
        Valid(forwards);

        // Where there are more samples than a sum has room for, the one that comes second is left out.
        bool isWhole = !forwards.Refused.Keys.Any(reason => reason.Contains("than can be added up", StringComparison.Ordinal));
        Promise.Require(!isWhole || Shown(forwards).AsSpan().SequenceEqual(Shown(backwards)), "the fleet's sum hangs on the order");
        Merged(one, other, isAdded: forwards.Total.Windows == 2);
        return forwards.Total.Windows == 2;
    }

    // A device merges what it cannot keep apart; the fleet must take the result for what it is.
    private static void Merged(WindowMessage one, WindowMessage other, bool isAdded)
    {
        WindowMessage? left;
        WindowMessage? right;
        try
        {
            left = WindowMerging.Merge(one, other);
            right = WindowMerging.Merge(other, one);
        }
        catch (OverflowException)
        {
            return;
        }

        Promise.Require(left is null == right is null, "two windows can be merged in one order only");
        if (left is null || right is null)
        {
            return;
        }

        byte[] written = WindowCodec.Write(left);
        right = right with { Boot = left.Boot, Sequence = left.Sequence, UnixMs = left.UnixMs };
        Promise.Require(written.AsSpan().SequenceEqual(WindowCodec.Write(right)), "the device's sum hangs on the order");
        Promise.Require(!isAdded || IsLarge(one) || IsLarge(other) || Read(written) is not null, "the sum of two valid windows is none");
    }

    // Two of these may be more together than one message may tell.
    private static bool IsLarge(WindowMessage window)
    {
        const long Half = 1L << 39;
        return window.Samples > Half || window.Due > Half || window.DeadlineMisses > Half || window.Dropped.Values.Any(count => count > Half)
            || window.Predictions.Counts.Any(count => count > Half) || window.Features.Any(feature => feature.Signals?.Count > Half);
    }

    private static WindowMessage? Read(byte[] bytes) =>
        MessageReader.Read(new Arrival(Device, "window", SampleReports.Model, bytes, 0), out _) as WindowMessage;

    private static InputSum NewSum() => new(SampleReports.Reference, SampleReports.Quantiles);

    private static byte[] Shown(InputSum sum) =>
        JsonSerializer.SerializeToUtf8Bytes(InputsView.Of(sum, SampleReports.Reference), FleetJson.Default.InputsView);

    private static void Valid(InputSum sum)
    {
        WindowReport total = sum.Total;
        Promise.Require(total.Failed >= 0 && total.Failed <= total.Samples, "more failed than there were");
        for (int feature = 0; feature < total.Layout.Features.Count; feature++)
        {
            long values = 0;
            foreach (long count in total.CountsOf(feature))
            {
                Promise.Require(count >= 0, "a negative count was added");
                values += count;
            }

            MomentSums sums = total.SumsOf(feature);
            Promise.Require(total.InfiniteOf(feature) >= 0 && total.InfiniteOf(feature) <= total.MissingOf(feature), "more infinite than missing values");
            Promise.Require(values + total.MissingOf(feature) <= total.Samples, "more values than samples were added");
            Promise.Require(sums.Complaint() is null && sums.Count <= values, "sums that no values have were added");
            Promise.Require(total.MomentsOf(feature).Variance is not < 0, "a variance is negative");
            Promise.Require(
                total.SketchOf(feature) is not DDSketch sketch || (SketchCounts.Of(sketch).Complaint(sketch.Classes) is null && sketch.Count <= values),
                "a sum of sketches is no sketch of these values");
        }

        foreach (UnseenCategories unseen in sum.Unseen.Values)
        {
            Promise.Require(
                unseen.Heaviest().All(pair => pair.AtLeast >= 1 && pair.AtLeast <= unseen.Others.AtMost(pair.Value) && unseen.Others.AtMost(pair.Value) <= unseen.Count),
                "a category came more often than it can have");
        }
    }
}
