using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

public sealed class QualityMergingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_labels_said_is_the_same_bytes_whichever_windows_are_merged_first(bool values)
    {
        Random random = new(4);
        WindowMessage[] windows = [.. Enumerable.Range(1, 7).Select(i => Window(i, values))];
        string expected = Body(windows.Aggregate((one, other) => WindowMerging.Merge(one, other)!));
        for (int round = 0; round < 30; round++)
        {
            Assert.Equal(expected, Body(MergeOrders.Drawn(windows, random)));
        }
    }

    [Fact]
    public void Windows_that_count_other_things_are_not_merged()
    {
        WindowMessage window = Window(1, values: false);
        QualityCounts quality = window.Quality!;
        GroupCounts groups = window.Groups!;

        Assert.NotNull(WindowMerging.Merge(window, window with { Quality = null, Groups = null, Expected = null, Loss = null }));
        Assert.Null(WindowMerging.Merge(window, window)!.Estimates);
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { Positive = "other" } }));
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { Errors = quality.Errors! with { Detector = "ddm" } } }));
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { Loss = null } }));
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { Baseline = null } }));
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { Model = new AnswerTally { WasTrue = [1], Said = [1], Right = [1] } } }));
        Assert.Null(WindowMerging.Merge(window, window with { Quality = quality with { LagSeconds = new SparseCounts { Bins = [1], Counts = null! } } }));
        Assert.Null(WindowMerging.Merge(window, window with { Groups = groups with { Axes = [new GroupAxis("warmth", ["cold", "mild"])] } }));
        Assert.Null(WindowMerging.Merge(window, window with { Groups = groups with { Cells = [null!] } }));
        Assert.Null(WindowMerging.Merge(window, window with { Loss = window.Loss! with { Kind = "absolute" } }));
    }

    private static string Body(WindowMessage window) => JsonSerializer.Serialize(
        window with { Sequence = 0, UnixMs = 0, Dropped = new Dictionary<string, long>() }, WireJson.Default.WindowMessage);

    private static WindowMessage Window(int i, bool values) => OutboxRig.WindowOf(new BootId(1), i, i * 1000, "late") with
    {
        Quality = i % 4 == 0 ? null : new QualityCounts
        {
            Received = i + 1,
            Joined = i,
            Unjoined = new Dictionary<string, long> { [i % 2 == 0 ? "unknown" : "duplicate"] = 1 },
            LagSeconds = new SparseCounts { Bins = [i % 3, 5], Counts = [i - 1, 1] },
            Model = values
                ? new AnswerTally { Errors = new ErrorTally { Exponent = 3, Count = i, Absolute = (Int128)i << 60, Signed = -i, Squares = i, Fourths = Int128.One << 90 } }
                : new AnswerTally { WasTrue = [i, 0], Said = [i - 1, 1], Right = [i - 1, 0] },
            Baseline = values ? null : new AnswerTally { WasTrue = [i, 0], Said = [i, 0], Right = [i, 0] },
            Positive = values ? null : "b",
            Positives = values ? null : SparseCounts.Empty,
            Negatives = values ? null : new SparseCounts { Bins = [i, 40], Counts = [i - 1, 1] },
            Reliability = values ? null : new ReliabilityTally
            {
                Answers = new SparseCounts { Bins = [14], Counts = [i] },
                Right = new SparseCounts { Bins = [14], Counts = [i - 1] },
                Parts = new SparseCounts { Bins = [14], Counts = [i << 23] },
            },
            Loss = new LossTally { Kind = "error", Answers = i, Parts = (Int128)i << 40 },
            Errors = new ErrorCounts { Detector = "hddm_a", Answers = i, Wrong = 1, Signals = i % 2, FirstUnixMs = i % 2 == 0 ? null : 100 - i },
        },
        Estimates = [new QualityEstimate { Metric = "accuracy", Value = 0.1 * i, Answers = i }],
        Expected = i % 3 == 0 ? null : new ExpectedTally
        {
            Scores = new SparseCounts { Bins = [i], Counts = [2] }, Parts = new SparseCounts { Bins = [i], Counts = [1 << 20] },
            Selected = 1, SelectedParts = 5, RightParts = 1 << 24,
        },
        Loss = new LossTally { Kind = "error", Answers = i, Parts = (Int128)i << 70 },
        Groups = new GroupCounts
        {
            Axes = [new GroupAxis("warmth", ["cold", "hot"])],
            Positive = "b",
            Cells = i % 2 == 0
                ? [new GroupCell { Cell = 1, Answers = i, Selected = 1, TruePositives = i }]
                : [new GroupCell { Cell = 0, Answers = i, FalseNegatives = 2 }, new GroupCell { Cell = 2, Answers = 1, TrueNegatives = 1 }],
        },
    };
}
