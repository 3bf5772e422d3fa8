namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>
/// What the old package answered on inputs like those the new one saw: for each window of the new one, the mean answer of
/// the nearest windows of the old one, on whatever device and at whatever time.
/// </summary>
/// <remarks>
/// Two windows are alike when the root mean square of the distances of their features' means is at most
/// <see cref="Radius"/> of the features' range in training; up to <see cref="Neighbours"/> of the nearest count. A window
/// of the new package without any like it counts in <see cref="Total"/> only.
/// </remarks>
internal sealed record InputMatch
{
    /// <summary>Largest distance of two windows that count as alike, as a share of the range in training.</summary>
    public const double Radius = 0.15;

    /// <summary>Windows of the old package averaged at most.</summary>
    public const int Neighbours = 5;

    /// <summary>Samples of the new package with known inputs.</summary>
    public required long Total { get; init; }

    /// <summary>Samples of them with inputs the old package saw too.</summary>
    public required long Matched { get; init; }

    /// <summary>Predictions the old package would have made on those, by label.</summary>
    public required double[] Expected { get; init; }

    /// <summary>Predictions the new package made on those, by label.</summary>
    public required double[] Actual { get; init; }

    /// <summary>Compares the canary's windows with those of every device under the old package.</summary>
    public static InputMatch Of(GateEvidence evidence)
    {
        InputRegime[] pool = [.. evidence.Canary.Concat(evidence.Control).Concat(evidence.Earlier).SelectMany(device => device.Old)];
        int labels = evidence.RegimeLabels.Count;
        double[] expected = new double[labels];
        double[] actual = new double[labels];
        long total = 0;
        long matched = 0;
        foreach (InputRegime window in evidence.Canary.SelectMany(device => device.New))
        {
            long samples = window.Counts.Sum();
            total += samples;
            InputRegime[] alike = [.. Nearest(window, pool)];
            if (alike.Length == 0)
            {
                continue;
            }

            matched += samples;
            for (int i = 0; i < labels; i++)
            {
                actual[i] += window.Counts[i];
            }

            foreach (InputRegime other in alike)
            {
                double weight = (double)samples / (alike.Length * Math.Max(other.Counts.Sum(), 1));
                for (int i = 0; i < labels; i++)
                {
                    expected[i] += weight * other.Counts[i];
                }
            }
        }

        return new InputMatch { Total = total, Matched = matched, Expected = expected, Actual = actual };
    }

    private static IEnumerable<InputRegime> Nearest(InputRegime window, InputRegime[] pool) => pool
        .Where(other => other.Position.Count == window.Position.Count)
        .Select(other => (Regime: other, Distance: Distance(window.Position, other.Position)))
        .Where(pair => pair.Distance <= Radius)
        .OrderBy(pair => pair.Distance)
        .Take(Neighbours)
        .Select(pair => pair.Regime);

    private static double Distance(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Count; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum / a.Count);
    }
}
