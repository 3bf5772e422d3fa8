namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>
/// What the old package answered on inputs like those the new one saw: for each window of the new one, the mean answer of
/// the nearest windows of the old one, on whatever device and at whatever time.
/// </summary>
/// <remarks>
/// <para>
/// Two windows are alike when the root mean square of the distances of their features' means is at most
/// <see cref="Radius"/> of the features' range in training. Up to <see cref="Neighbours"/> count, and none that is over
/// twice as far as the nearest (and a bit: windows of one state scatter), which would be of another state. A window of
/// the new package without any like it counts in <see cref="Total"/> only.
/// </para>
/// <para>
/// The windows are then sorted by the label the old package gave most, and compared within each: over all of them, a
/// model that swaps two labels of equal frequency would look as if nothing had changed.
/// </para>
/// </remarks>
internal sealed class InputMatch
{
    /// <summary>Largest distance of two windows that count as alike, as a share of the range in training.</summary>
    public const double Radius = 0.12;

    /// <summary>Windows of the old package averaged at most.</summary>
    public const int Neighbours = 5;

    private const double Scatter = 0.03;

    private readonly IReadOnlyList<string> _labels;
    private readonly double[][] _expected;
    private readonly double[][] _actual;

    private InputMatch(IReadOnlyList<string> labels)
    {
        _labels = labels;
        _expected = [.. labels.Select(_ => new double[labels.Count])];
        _actual = [.. labels.Select(_ => new double[labels.Count])];
    }

    /// <summary>Samples of the new package with known inputs.</summary>
    public long Total { get; private set; }

    /// <summary>Samples of them with inputs the old package saw too.</summary>
    public long Matched { get; private set; }

    /// <summary>
    /// Share of the matched samples that the new package answers otherwise: half the sum of the differences of the shares,
    /// within each of the old package's labels. 0 to 1.
    /// </summary>
    public double Disagreement => Rows().Sum(row => row.Share * row.Distance);

    /// <summary>The largest difference in a sentence's end: what the old package called one thing and the new one calls another.</summary>
    public string Worst
    {
        get
        {
            (int Row, double Share, double Distance) worst = Rows().MaxBy(row => row.Share * row.Distance);
            int called = Array.IndexOf(_actual[worst.Row], _actual[worst.Row].Max());
            return called == worst.Row
                ? $"most on what the old one calls '{_labels[worst.Row]}'"
                : $"what the old one calls '{_labels[worst.Row]}' it mostly calls '{_labels[called]}'";
        }
    }

    /// <summary>Compares the canary's windows with those of every device under the old package.</summary>
    public static InputMatch Of(GateEvidence evidence)
    {
        InputRegime[] pool = [.. evidence.Canary.Concat(evidence.Control).Concat(evidence.Earlier).SelectMany(device => device.Old)];
        InputMatch match = new(evidence.RegimeLabels);
        foreach (InputRegime window in evidence.Canary.SelectMany(device => device.New))
        {
            match.Add(window, [.. Nearest(window, pool)]);
        }

        return match;
    }

    private void Add(InputRegime window, InputRegime[] alike)
    {
        long samples = window.Counts.Sum();
        Total += samples;
        double[] expected = new double[_labels.Count];
        foreach (InputRegime other in alike)
        {
            double weight = (double)samples / (alike.Length * Math.Max(other.Counts.Sum(), 1));
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] += weight * other.Counts[i];
            }
        }

        if (alike.Length == 0 || expected.Sum() == 0)
        {
            return;
        }

        Matched += samples;
        int row = Array.IndexOf(expected, expected.Max());
        for (int i = 0; i < expected.Length; i++)
        {
            _expected[row][i] += expected[i];
            _actual[row][i] += window.Counts[i];
        }
    }

    private IEnumerable<(int Row, double Share, double Distance)> Rows()
    {
        for (int row = 0; row < _labels.Count; row++)
        {
            double samples = _actual[row].Sum();
            double expected = _expected[row].Sum();
            if (samples > 0)
            {
                double distance = 0;
                for (int i = 0; i < _labels.Count; i++)
                {
                    distance += Math.Abs((_actual[row][i] / samples) - (_expected[row][i] / expected)) / 2;
                }

                yield return (row, samples / Matched, distance);
            }
        }
    }

    private static IEnumerable<InputRegime> Nearest(InputRegime window, InputRegime[] pool)
    {
        (InputRegime Regime, double Distance)[] near = [.. pool
            .Where(other => other.Position.Count == window.Position.Count)
            .Select(other => (Regime: other, Distance: Distance(window.Position, other.Position)))
            .Where(pair => pair.Distance <= Radius)
            .OrderBy(pair => pair.Distance)
            .Take(Neighbours)];
        return near.Where(pair => pair.Distance <= (2 * near[0].Distance) + Scatter).Select(pair => pair.Regime);
    }

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
