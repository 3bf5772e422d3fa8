namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// A model that is surer than it is right, on inputs that can move and a truth that can change: two features, a logistic truth
/// with a bend in it, and a logistic model without.
/// </summary>
/// <param name="seed">Everything is drawn from it.</param>
internal sealed class SimulatedAnswers(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Draws answers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="moved">How far the inputs moved, in their standard deviations; the truth of an input stays.</param>
    /// <param name="reversed">Share of truths that became the opposite; the inputs stay.</param>
    public SimulatedAnswer[] Draw(int count, double moved, double reversed)
    {
        SimulatedAnswer[] answers = new SimulatedAnswer[count];
        for (int i = 0; i < count; i++)
        {
            double first = Normal() + moved;
            double second = Normal();
            double odds = (1.2 * first) - (0.8 * second) + (0.3 * first * first) - 0.8;
            bool wasTrue = _random.NextDouble() < Logistic(odds);
            answers[i] = new SimulatedAnswer(
                first, second, Logistic(1.8 * ((1.2 * first) - (0.8 * second) - 0.4)), wasTrue != (_random.NextDouble() < reversed));
        }

        return answers;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static double Logistic(double odds) => 1 / (1 + Math.Exp(-odds));
}

/// <summary>One answer of it.</summary>
/// <param name="First">The feature that moves.</param>
/// <param name="Second">The one that does not.</param>
/// <param name="Score">What the model says for the label's probability.</param>
/// <param name="WasTrue">Whether it was the label.</param>
internal readonly record struct SimulatedAnswer(double First, double Second, double Score, bool WasTrue)
{
    /// <summary>Whether the model says the label.</summary>
    public bool Said => Score >= 0.5;
}
