using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Statistics.Tests.Attribution;

public sealed class OcclusionTests
{
    [Fact]
    public void Of_a_linear_model_every_method_finds_weight_times_distance_from_the_baseline()
    {
        double[] weights = [2, -3, 0.5, 0];
        double[] x = [1, 2, -4, 9];
        double[] baseline = [0.5, 1, 2, -1];
        double Model(ReadOnlySpan<bool> present)
        {
            double sum = 7;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * (present[i] ? x[i] : baseline[i]);
            }

            return sum;
        }

        Attributions[] found =
        [
            Occlusion.Explain(Model, 4), ExactShapley.Explain(Model, 4), PermutationShapley.Explain(Model, 4, 2, new Random(1)),
        ];

        Assert.All(found, attributions => Assert.All(
            attributions.Values.Zip([1.0, -3, -3, 0]), pair => Assert.Equal(pair.Second, pair.First, 1e-12)));
        Assert.All(found, attributions => Assert.Equal(0, attributions.CompletenessError, 1e-12));
        Assert.Equal(6, found[0].Evaluations);
    }

    // Of x1 x2 x3 at ones, each feature that is left out takes all of it: three times what there is.
    [Fact]
    public void Its_completeness_error_tells_how_much_features_act_together()
    {
        Attributions found = Occlusion.Explain(present => present.Contains(false) ? 0 : 1, 3);

        Assert.Equal([1.0, 1, 1], found.Values);
        Assert.Equal(2, found.CompletenessError);
    }
}
