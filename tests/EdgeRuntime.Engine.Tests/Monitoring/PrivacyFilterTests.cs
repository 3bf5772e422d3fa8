using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class PrivacyFilterTests
{
    [Fact]
    public void A_category_becomes_one_that_only_this_device_gives_it_and_that_survives_a_recording()
    {
        double code = CategoryCode.Of("operator 7");
        PrivacyFilter here = Filter("hash", key: 1);

        Assert.Equal(here.Of(code), here.Of(code));
        Assert.NotEqual(here.Of(code), here.Of(CategoryCode.Of("operator 8")));
        Assert.NotEqual(here.Of(code), Filter("hash", key: 2).Of(code));
        Assert.Equal(here.Of(code), CategoryCode.Of(here.Of(code).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(double.IsNaN(here.Of(double.NaN)));
    }

    [Fact]
    public void Without_a_key_of_the_device_what_is_to_be_hashed_is_dropped()
    {
        PrivacyFilter filter = new(new PrivacySpec { Channel = "x", Filter = "hash" }, null, new Random(1));

        Assert.True(double.IsNaN(filter.Of(3)));
        Assert.Equal("drop", filter.Name);
    }

    // The mean of |Laplace noise| is its scale, with a standard error of scale / sqrt(n).
    [Fact]
    public void Noise_has_the_size_that_is_declared_and_comes_of_the_generator_alone()
    {
        PrivacyFilter filter = new(new PrivacySpec { Channel = "x", Filter = "noise", Scale = 0.5 }, null, new Random(20_261_128));
        double[] noise = [.. Enumerable.Range(0, 10_000).Select(_ => filter.Of(10) - 10)];

        Assert.InRange(noise.Average(Math.Abs), 0.48, 0.52);
        Assert.InRange(noise.Average(), -0.03, 0.03);
        Assert.Equal(10 + noise[0], new PrivacyFilter(new PrivacySpec { Channel = "x", Filter = "noise", Scale = 0.5 }, null, new Random(20_261_128)).Of(10));
    }

    [Fact]
    public void Of_a_picture_squares_become_one_colour()
    {
        PrivacyFilter filter = new(new PrivacySpec { Channel = "image", Filter = "round", Step = 2 }, null, new Random(1));

        Assert.Equal([25, 25, 5, 25, 25, 5, 80, 80, 9], filter.Of([10, 20, 4, 30, 40, 6, 70, 90, 9], 3, 3, 1));
    }

    private static PrivacyFilter Filter(string name, byte key) =>
        new(new PrivacySpec { Channel = "x", Filter = name }, [key], new Random(1));
}
