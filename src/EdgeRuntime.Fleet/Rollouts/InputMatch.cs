using EdgeRuntime.Statistics;

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
    private const double Prior = 0.5;

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
    /// How far the answers differ on the same inputs: the stability index within each of the old package's labels, in
    /// nats, averaged over the samples.
    /// </summary>
    public double Index => Rows().Sum(row => row.Share * row.Index);

    /// <summary>The index that chance exceeds with probability <paramref name="level"/>, in nats.</summary>
    /// <remarks>
    /// A row of n samples scatters like <c>chi2(bins - 1) * 2/n</c>; weighted by n/N, the sum is <c>chi2 * 2/N</c> with the
    /// degrees of all rows together.
    /// </remarks>
    public double Chance(double level) => PopulationStability.Threshold(
        Math.Max(Rows().Sum(row => row.Bins - 1), 1) + 1, Matched, Matched, level);

    /// <summary>The largest difference in a sentence's end: what the old package called one thing and the new one calls another.</summary>
    public string Worst
    {
        get
        {
            (int Row, double Share, double Index, int Bins) worst = Rows().MaxBy(row => row.Share * row.Index);
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

    private IEnumerable<(int Row, double Share, double Index, int Bins)> Rows()
    {
        for (int row = 0; row < _labels.Count; row++)
        {
            double samples = _actual[row].Sum();
            if (samples > 0)
            {
                int bins = _expected[row].Where((count, i) => count + _actual[row][i] > 0).Count();
                yield return (row, samples / Matched, IndexOf(_expected[row], _actual[row], bins), bins);
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

    // As PopulationStability.Index, over expected counts that are averages and so not whole.
    private static double IndexOf(double[] expected, double[] actual, int live)
    {
        double expectedTotal = expected.Sum() + (Prior * live);
        double actualTotal = actual.Sum() + (Prior * live);
        double index = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] + actual[i] > 0)
            {
                double q = (expected[i] + Prior) / expectedTotal;
                double p = (actual[i] + Prior) / actualTotal;
                index += (p - q) * Math.Log(p / q);
            }
        }

        return index;
    }
}
