using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class SampleShareTests
{
    [Theory]
    [InlineData(0.29, 100, 29)]
    [InlineData(0.57, 100, 57)]
    [InlineData(1 - 0.9, 100, 10)]
    [InlineData(1 - 0.95, 1_000_000, 50_000)]
    [InlineData(0.05, 50, 2)]
    [InlineData(0, 100, 0)]
    [InlineData(1, 100, 100)]
    public void A_share_counts_as_many_samples_as_the_manifest_says(double share, int samples, long count) =>
        Assert.Equal(count, SampleShare.Of(share, samples));
}
