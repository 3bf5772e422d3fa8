using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>The sort is inside the engine; it is seen through the quantiles of a window.</summary>
public sealed class MergeSortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(100)]
    [InlineData(577)]
    public void Every_rank_of_a_window_of_any_length_is_in_its_place(int frames)
    {
        FeatureSpec[] ranks =
        [
            .. Enumerable.Range(0, frames).Select(rank => Some.Feature("quantile") with
            {
                Name = $"rank_{rank}",
                Quantile = frames == 1 ? 0 : (double)rank / (frames - 1),
            }),
        ];
        Random random = new(frames);
        FeaturePipeline pipeline = Some.Pipeline(frames, frames, ranks);
        double[] values = new double[frames];
        for (int i = 0; i < frames; i++)
        {
            // Few different values, so that equals meet; both signs.
            values[i] = random.Next(-frames / 2, frames);
            pipeline.Push([values[i], 0]);
        }

        Array.Sort(values);

        for (int rank = 0; rank < frames; rank++)
        {
            Assert.Equal(values[rank], pipeline.Values[rank], 1e-9);
        }
    }
}
