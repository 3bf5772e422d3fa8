using System.Globalization;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>Which of several files with the same contract this device serves, and why.</summary>
/// <param name="Name">The variant that serves.</param>
/// <param name="Figures">Every variant, in the manifest's order.</param>
/// <param name="Remembered">Whether it was measured at an earlier start, under the same library and processor.</param>
public sealed record VariantChoice(string Name, IReadOnlyList<VariantFigure> Figures, bool Remembered)
{
    /// <summary>One line: <c>variant int8 serves: int8 41.2 us, float32 118.0 us</c>.</summary>
    public override string ToString() =>
        $"variant {Name} serves: {string.Join(", ", Figures)}{(Remembered ? " (measured before)" : "")}";
}

/// <summary>What one variant was found to be.</summary>
/// <param name="Name">As the manifest calls it.</param>
/// <param name="Microseconds">Median time of a run on the golden vectors; null when it cannot serve.</param>
/// <param name="Refusal">Why it cannot serve, in one sentence; null when it can.</param>
public sealed record VariantFigure(string Name, double? Microseconds, string? Refusal)
{
    /// <inheritdoc/>
    public override string ToString() => Microseconds is double median
        ? $"{Name} {median.ToString("0.0", CultureInfo.InvariantCulture)} us"
        : $"{Name} cannot serve ({Refusal})";
}

/// <summary>
/// Lets the variants of a package that answer the golden vectors rightly run against each other on this device, in turns,
/// and keeps the one with the smallest median.
/// </summary>
internal static class VariantContest
{
    private const int Rounds = 9;
    private const int FewestRounds = 3;
    private const int MostRunsPerTurn = 200;
    private const double TurnSeconds = 0.002;
    private const double MostSeconds = 5;

    // A variant further down the list must be faster by more than what one start differs from the next.
    private const double Margin = 0.97;

    /// <summary>Measures, in turns, so that a change of the processor's speed meets all of them.</summary>
    /// <param name="calls">At least one; each warm.</param>
    /// <param name="inputs">Rows of features, at least one.</param>
    /// <returns>Median time of a run of each, microseconds.</returns>
    public static double[] Measure(IReadOnlyList<ModelCall> calls, IReadOnlyList<float[]> inputs, TimeProvider time)
    {
        List<double>[] turns = [.. calls.Select(_ => new List<double>())];
        int[] runs = [.. calls.Select(call => RunsPerTurn(call, inputs[0], time))];
        long start = time.GetTimestamp();
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < calls.Count; i++)
            {
                turns[i].Add(Turn(calls[i], inputs, runs[i], time));
            }

            if (round + 1 >= FewestRounds && time.GetElapsedTime(start).TotalSeconds > MostSeconds)
            {
                break;
            }
        }

        return [.. turns.Select(Median)];
    }

    /// <summary>Place of the fastest; of nearly equal ones the first.</summary>
    public static int Fastest(IReadOnlyList<double> microseconds)
    {
        int best = 0;
        for (int i = 1; i < microseconds.Count; i++)
        {
            best = microseconds[i] < microseconds[best] * Margin ? i : best;
        }

        return best;
    }

    private static int RunsPerTurn(ModelCall call, float[] input, TimeProvider time)
    {
        long start = time.GetTimestamp();
        call.Run(input);
        double seconds = time.GetElapsedTime(start).TotalSeconds;
        return seconds <= 0 ? MostRunsPerTurn : (int)Math.Clamp(TurnSeconds / seconds, 1, MostRunsPerTurn);
    }

    private static double Turn(ModelCall call, IReadOnlyList<float[]> inputs, int runs, TimeProvider time)
    {
        long start = time.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            call.Run(inputs[i % inputs.Count]);
        }

        return time.GetElapsedTime(start).TotalMicroseconds / runs;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
