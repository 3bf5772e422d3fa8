using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Inference;

public sealed class OutputDecoderTests
{
    private static readonly OutputSpec Four = new() { Kind = "classification", Labels = ["a", "b", "c", "d"] };

    // scipy 1.10.1: special.softmax([1.5, -2.25, 0.5, 3.0]).
    [Fact]
    public void Logits_become_probabilities_and_the_best_label_leads()
    {
        Decoded decoded = new OutputDecoder(Four, 4).Decode([], [1.5f, -2.25f, 0.5f, 3f]);

        double[] expected = [0.170268229714128, 0.004004324953769441, 0.06263818119648418, 0.7630892641356184];
        Assert.True(decoded.IsValid);
        Assert.Equal(3, decoded.Label);
        Assert.Equal(expected[3], decoded.Score, 1e-15);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], decoded.Scores[i], 1e-15);
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        OutputDecoder decoder = new(Four, 4);

        Decoded decoded = decoder.Decode([], [1000f, 999f, -1000f, float.MinValue]);

        // scipy 1.10.1: special.softmax([1000, 999, -1000]) = 0.7310585786300049, 0.2689414213699951, 0.
        Assert.Equal(0.7310585786300049, decoded.Score, 1e-15);
        Assert.Equal(0.2689414213699951, decoder.Scores[1], 1e-15);
        Assert.Equal(0, decoder.Scores[2]);
    }

    [Fact]
    public void Probabilities_are_taken_as_they_are_and_the_first_of_equals_wins()
    {
        OutputSpec spec = Four with { Activation = "none" };

        Decoded decoded = new OutputDecoder(spec, 4).Decode([], [0.125f, 0.375f, 0.375f, 0.125f]);

        Assert.Equal(1, decoded.Label);
        Assert.Equal(0.375, decoded.Score);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_output_that_is_not_finite_is_no_answer(float broken)
    {
        Assert.False(new OutputDecoder(Four, 4).Decode([], [1, 2, broken, 0]).IsValid);
        Assert.False(new OutputDecoder(new() { Kind = "regression" }, 1).Decode([], [broken]).IsValid);
        Assert.False(new OutputDecoder(new() { Kind = "reconstruction" }, 2).Decode([1, 2], [1, broken]).IsValid);
    }

    [Fact]
    public void A_regression_answers_its_value()
    {
        Decoded decoded = new OutputDecoder(new() { Kind = "regression" }, 1).Decode([7, 8], [-2.5f]);

        Assert.True(decoded.IsValid);
        Assert.Equal(-2.5, decoded.Score);
        Assert.Equal(0, decoded.Scores.Length);
    }

    // numpy: np.mean((a-b)**2) with a=[1,2,3,4], b=[1.5,2,2,6] = 1.3125.
    [Fact]
    public void A_reconstruction_counts_the_elements_behind_the_last_whole_four() =>
        Assert.Equal(
            14.5 / 6,
            new OutputDecoder(new() { Kind = "reconstruction" }, 6).Decode([1, 2, 3, 4, 5, 6], [1.5f, 2, 2, 6, 5.5f, 3]).Score);

    [Fact]
    public void A_reconstruction_answers_the_mean_squared_difference_from_its_input() =>
        Assert.Equal(
            1.3125,
            new OutputDecoder(new() { Kind = "reconstruction" }, 4).Decode([1, 2, 3, 4], [1.5f, 2, 2, 6]).Score);

    [Theory]
    [InlineData("classification", "softmax", 3, 9, 4, "output.labels: there are 3 and the model's output has 4 elements")]
    [InlineData("classification", "softmax", 1, 9, 1, "output.labels: there are 1, and a classification needs at least 2")]
    [InlineData("classification", "sigmoid", 2, 9, 2, "output.activation: 'sigmoid' is none of softmax, none")]
    [InlineData("regression", "softmax", 0, 9, 2, "output.kind: a regression reads 1 element and the model's output has 2")]
    [InlineData("reconstruction", "softmax", 0, 9, 8, "output.kind: a reconstruction has the shape of its input; the model's input has 9 elements and its output 8")]
    [InlineData("clustering", "softmax", 2, 9, 2, "output.kind: 'clustering' is none of classification, regression, reconstruction, detection")]
    public void An_output_that_the_model_does_not_have_is_named(
        string kind, string activation, int labels, int inputs, int outputs, string sentence)
    {
        OutputSpec spec = new() { Kind = kind, Activation = activation, Labels = ["a", "b", "c"] };

        IReadOnlyList<string> mistakes = OutputDecoder.Mistakes(
            spec with { Labels = [.. spec.Labels.Take(labels)] }, inputs, outputs);

        Assert.Equal(sentence, Assert.Single(mistakes));
    }

    [Fact]
    public void A_decoder_that_does_not_fit_is_not_made_and_a_span_of_another_shape_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new OutputDecoder(Four, 5));
        OutputDecoder decoder = new(new() { Kind = "reconstruction" }, 2);
        Assert.Throws<ArgumentException>(() => decoder.Decode([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => decoder.Decode([1], [1, 2]));
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        OutputDecoder classes = new(Four, 4);
        OutputDecoder error = new(new() { Kind = "reconstruction" }, 4);
        float[] input = [1, 2, 3, 4];
        float[] output = [4, 3, 2, 1];
        classes.Decode(input, output);
        error.Decode(input, output);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                classes.Decode(input, output);
                error.Decode(input, output);
            }
        }));
    }
}
