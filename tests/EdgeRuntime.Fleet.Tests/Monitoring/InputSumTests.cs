using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Tests.Support;
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
        InputSum sum = new(TestPackages.Reference);

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
    public void Moments_on_another_scale_are_left_out_and_their_bins_are_not()
    {
        WindowMessage window = TestWindows.Make(
            new PackageLabel(ModelId.Of("p"u8), "1.0.0"), new BootId(1), 1, 0, 1000, 50, 0, Behaviour.Good, new Random(1));
        InputSum sum = new(TestPackages.Reference);

        sum.Take("d", window with { Features = [window.Features[0] with { Moments = window.Features[0].Moments! with { Step = 8 } }, window.Features[1]] });

        InputsView view = InputsView.Of(sum, TestPackages.Reference);
        Assert.Equal(50, view.Features[0].Counts.Sum());
        Assert.Null(view.Features[0].Mean);
        Assert.NotNull(view.Features[1].Mean);
    }
}
