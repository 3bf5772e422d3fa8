using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Tests.Support;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Monitoring;

public sealed class InputSumTests
{
    [Fact]
    public void Windows_of_many_devices_in_any_order_make_one_sum_and_what_does_not_fit_is_named()
    {
        Random random = new(3);
        List<(string Device, WindowMessage Window)> sent =
        [
            .. Enumerable.Range(0, 40).Select(i => ($"d{i % 4}", TestWindows.Make(
                new PackageLabel(ModelId.Of("p"u8), "1.0.0"), new BootId((ulong)(i % 4)), 1 + (i / 4), 0, 1000, 50, i % 3, Behaviour.Good, random))),
        ];
        (string Device, WindowMessage Window)[] arriving = [.. sent, .. sent.Take(7)];
        random.Shuffle(arriving);
        InputSum sum = new(TestPackages.Reference, []);

        foreach ((string device, WindowMessage window) in arriving)
        {
            sum.Take(device, window);
        }

        WindowMessage one = sent[0].Window with { Sequence = 100 };
        sum.Take("d0", one with { Features = [one.Features[1], one.Features[0]] });
        sum.Take("d0", one with { Features = [one.Features[0] with { Missing = 1 }, one.Features[1]] });
        InputsView view = InputsView.Of(sum, TestPackages.Reference);

        Assert.Equal((4, 40, 2_000), (view.Devices, view.Windows, view.Samples));
        Assert.Equal(
            [("feature 1: the missing values are impossible", 1L), ("it was added before", 7L), ("its features are not the package's", 1L)],
            view.Refused.Select(pair => (pair.Key, pair.Value)));
        InputView busy = view.Features[0];
        Assert.Equal("busy", busy.Name);
        Assert.Equal(2_000, busy.Counts.Sum());
        Assert.Equal(sent.Sum(each => each.Window.Features[0].Counts[0]), busy.Counts[0]);
        Assert.Equal(sent.Min(each => (double)each.Window.Features[0].Moments!.Min), busy.Min);
        Assert.InRange(busy.Mean!.Value, 0.3, 0.5);
        Assert.NotNull(busy.Kurtosis);
    }

    [Fact]
    public void Quantiles_and_unlisted_categories_are_added_up_over_devices_and_a_window_that_comes_again_is_not()
    {
        ReferenceProfile reference = TestPackages.Reference with
        {
            Channels = [new ChannelReference { Name = "mode", Rows = 10, Categories = new CategoryReference { Distinct = 1, Codes = [1], Counts = [10] } }],
        };
        InputSum sum = new(reference, ["busy"]);
        DDSketch sketch = new();
        CategoryCounter counter = new([1]);
        WindowMessage window = TestWindows.Make(
            new PackageLabel(ModelId.Of("p"u8), "1.0.0"), new BootId(1), 1, 0, 1000, 50, 0, Behaviour.Good, new Random(1));
        for (int i = 1; i <= 50; i++)
        {
            sketch.Record(i);
            counter.Record(i % 10);
        }

        SketchCounts counts = SketchCounts.Of(sketch);
        QuantileCounts quantiles = new() { Accuracy = 0.02, Classes = 256, PositiveKeys = counts.PositiveKeys, PositiveCounts = counts.PositiveCounts };
        CategoryCounts categories = new()
        {
            Name = "mode",
            Registers = SparseCounts.Of(Array.ConvertAll(counter.Distinct.Registers.ToArray(), register => (long)register)),
            Places = SparseCounts.Of(counter.Others.Counts),
            Heaviest = [.. counter.Heaviest.Heaviest().Select(pair => new HeavyCategory(pair.Value, pair.Least))],
        };
        window = window with
        {
            Features = [window.Features[0] with { Quantiles = quantiles }, window.Features[1] with { Quantiles = quantiles with { Classes = 64 } }],
            Categories = [categories],
        };

        sum.Take("d1", window);
        sum.Take("d1", window);
        sum.Take("d2", window);
        sum.Take("d3", window with { Categories = [categories with { Name = "other" }] });
        InputsView view = InputsView.Of(sum, reference);

        Assert.Null(CategoryComplaint.Of(window));
        Assert.Equal(150, view.Features[0].Quantiles!.Values);
        Assert.Equal(25, view.Features[0].Quantiles!.P50, 0.02 * 25);
        Assert.Null(view.Features[1].Quantiles);
        UnseenView mode = Assert.Single(view.Categories);
        Assert.Equal(("mode", 90L), (mode.Channel, mode.Values));
        Assert.Equal(9, mode.Distinct, 1.0);
        Assert.Equal(new UnseenCategory(0, 10, 10), mode.Most[0]);
        Assert.Equal(
            [("it was added before", 1L), ("its categories are of a channel that has none in the reference", 1L)],
            view.Refused.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Categories_that_no_values_have_are_refused_before_they_are_stored()
    {
        WindowMessage window = TestWindows.Make(
            new PackageLabel(ModelId.Of("p"u8), "1.0.0"), new BootId(1), 1, 0, 1000, 50, 0, Behaviour.Good, new Random(1));
        CategoryCounts empty = new() { Name = "mode", Registers = SparseCounts.Empty, Places = SparseCounts.Empty, Heaviest = [] };

        Assert.Null(CategoryComplaint.Of(window with { Categories = [empty] }));
        Assert.NotNull(CategoryComplaint.Of(window with { Categories = [empty, empty] }));
        Assert.NotNull(CategoryComplaint.Of(window with { Categories = [empty with { Heaviest = [new HeavyCategory(1, 1)] }] }));
        Assert.NotNull(CategoryComplaint.Of(window with { Categories = [empty with { Places = new SparseCounts { Bins = [200], Counts = [1] } }] }));
        Assert.NotNull(CategoryComplaint.Of(window with { Categories = [empty with { Registers = new SparseCounts { Bins = [2, 1], Counts = [1, 1] } }] }));
        Assert.NotNull(CategoryComplaint.Of(window with { Categories = [null!] }));
    }

    [Fact]
    public void Moments_on_another_scale_are_left_out_and_their_bins_are_not()
    {
        WindowMessage window = TestWindows.Make(
            new PackageLabel(ModelId.Of("p"u8), "1.0.0"), new BootId(1), 1, 0, 1000, 50, 0, Behaviour.Good, new Random(1));
        InputSum sum = new(TestPackages.Reference, []);

        sum.Take("d", window with { Features = [window.Features[0] with { Moments = window.Features[0].Moments! with { Step = 8 } }, window.Features[1]] });

        InputsView view = InputsView.Of(sum, TestPackages.Reference);
        Assert.Equal(50, view.Features[0].Counts.Sum());
        Assert.Null(view.Features[0].Mean);
        Assert.NotNull(view.Features[1].Mean);
    }
}
