using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Statistics.Tests.Attribution;

public sealed class ShapleyTests
{
    [Fact]
    public void Values_over_all_coalitions_are_those_of_kernel_shap()
    {
        foreach (NetworkGame game in NetworkGame.All())
        {
            Attributions found = ExactShapley.Explain(game.Worth, game.Players);

            Assert.All(found.Values.Zip(game.Values), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
            Assert.Equal(0, found.CompletenessError, 1e-12);
            Assert.Equal(1 << game.Players, found.Evaluations);
        }
    }

    // The United Nations' Security Council: 39 of 5 x 7 + 10 x 1 votes win. L. Shapley and M. Shubik, American Political Science
    // Review 48 (1954), for the fifteen members of today: 421/2145 for a permanent member, 4/2145 for another.
    [Fact]
    public void Permanent_members_of_the_security_council_have_the_power_that_is_published()
    {
        Attributions found = ExactShapley.Explain(
            present =>
            {
                int votes = 0;
                for (int i = 0; i < present.Length; i++)
                {
                    votes += !present[i] ? 0 : i < 5 ? 7 : 1;
                }

                return votes >= 39 ? 1 : 0;
            },
            15);

        Assert.All(found.Values.Take(5), value => Assert.Equal(421.0 / 2145, value, 1e-12));
        Assert.All(found.Values.Skip(5), value => Assert.Equal(4.0 / 2145, value, 1e-12));
    }

    // Of a model of pairs the mean of one order and its reverse is the Shapley value: half of each product to each of its two.
    [Fact]
    public void One_pair_of_orders_is_exact_for_a_model_in_which_features_act_two_by_two()
    {
        double[] x = [2, -1, 0.5, 3, 1.5];
        double Model(ReadOnlySpan<bool> present)
        {
            double At(int i, ReadOnlySpan<bool> present) => present[i] ? x[i] : 0;
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += (i + 1) * At(i, present);
                for (int j = 0; j < i; j++)
                {
                    sum += (i - (2 * j)) * At(i, present) * At(j, present);
                }
            }

            return sum;
        }

        Attributions found = PermutationShapley.Explain(Model, x.Length, 1, new Random(3));

        for (int i = 0; i < x.Length; i++)
        {
            double expected = (i + 1) * x[i];
            for (int j = 0; j < x.Length; j++)
            {
                expected += i == j ? 0 : (Math.Max(i, j) - (2 * Math.Min(i, j))) * x[i] * x[j] / 2;
            }

            Assert.Equal(expected, found.Values[i], 1e-12);
        }

        Assert.Null(found.StandardErrors);
    }

    // The airport game (S. Littlechild and G. Owen, Management Science 20 (1973)): the dearest member's cost, of which the Shapley
    // value divides each step among those who need it.
    [Fact]
    public void Estimates_lie_within_their_standard_errors_and_miss_nothing_of_the_whole()
    {
        double[] costs = [1, 2, 4, 4, 7, 10, 12, 12, 15, 21, 30, 31];
        double[] expected = new double[costs.Length];
        double sum = 0;
        for (int i = 0; i < costs.Length; i++)
        {
            sum += (costs[i] - (i == 0 ? 0 : costs[i - 1])) / (costs.Length - i);
            expected[i] = sum;
        }

        int asked = 0;
        Attributions found = PermutationShapley.Explain(
            present =>
            {
                asked++;
                int last = present.LastIndexOf(true);
                return last < 0 ? 0 : costs[last];
            },
            costs.Length, 400, new Random(20_261_128));

        for (int i = 0; i < costs.Length; i++)
        {
            Assert.InRange(found.Values[i], expected[i] - (4 * found.StandardErrors![i]), expected[i] + (4 * found.StandardErrors![i]));
        }

        Assert.Equal(0, found.CompletenessError, 1e-9);
        Assert.Equal(asked, found.Evaluations);
        Assert.Equal(PermutationShapley.Cost(costs.Length, 400), asked);
    }

    [Fact]
    public void The_same_seed_gives_the_same_values()
    {
        NetworkGame game = NetworkGame.All()[^1];

        Attributions[] found = [.. Enumerable.Range(0, 2).Select(_ => PermutationShapley.Explain(game.Worth, game.Players, 3, new Random(5)))];

        Assert.Equal(found[0].Values, found[1].Values);
    }

    [Theory]
    [InlineData(4, 1000, null, AttributionMethod.ExactShapley)]
    [InlineData(10, 1024, null, AttributionMethod.ExactShapley)]
    [InlineData(10, 1023, null, AttributionMethod.PermutationShapley)]
    [InlineData(49, 98, null, AttributionMethod.PermutationShapley)]
    [InlineData(49, 97, null, AttributionMethod.Occlusion)]
    [InlineData(49, 51, null, AttributionMethod.Occlusion)]
    [InlineData(49, 50, null, null)]
    [InlineData(12, 4096, AttributionMethod.ExactShapley, AttributionMethod.ExactShapley)]
    [InlineData(12, 4095, AttributionMethod.ExactShapley, null)]
    [InlineData(4, 1000, AttributionMethod.Occlusion, AttributionMethod.Occlusion)]
    [InlineData(1, 2, null, AttributionMethod.ExactShapley)]
    [InlineData(1, 50, AttributionMethod.PermutationShapley, null)]
    public void The_best_method_is_taken_that_the_budget_allows_and_never_exceeds_it(
        int players, int budget, AttributionMethod? wanted, AttributionMethod? expected)
    {
        AttributionPlan? plan = AttributionPlan.Within(players, budget, wanted);

        Assert.Equal(expected, plan?.Method);
        Assert.True(plan is null || plan.Value.Cost <= budget);
    }
}
