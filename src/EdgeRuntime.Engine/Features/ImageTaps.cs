namespace EdgeRuntime.Engine.Features;

/// <summary>For every pixel along one side of a resized picture: which pixels of the source it is made of, and how much of each.</summary>
internal sealed class ImageTaps
{
    private readonly int[] _first;
    private readonly double[][] _weights;

    /// <summary>Prepares one side.</summary>
    /// <param name="filter"><c>nearest</c>, <c>bilinear</c>, <c>antialias</c> or <c>area</c>.</param>
    /// <param name="start">Where the part of the source begins, in its pixels, edges at whole numbers.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="low">First pixel that may be looked at.</param>
    /// <param name="high">Pixel after the last that may.</param>
    /// <param name="count">Pixels of the result.</param>
    public ImageTaps(string filter, double start, double length, int low, int high, int count)
    {
        double step = length / count;
        _first = new int[count];
        _weights = new double[count][];
        for (int i = 0; i < count; i++)
        {
            (_first[i], _weights[i]) = filter switch
            {
                "nearest" => (Math.Clamp((int)Math.Floor(start + ((i + 0.5) * step)), low, high - 1), [1.0]),
                "antialias" => Triangle(start + ((i + 0.5) * step), Math.Max(step, 1), low, high),
                "area" => Area(start + (i * step), step, low, high),
                _ => Bilinear(start + ((i + 0.5) * step) - 0.5, low, high),
            };
        }
    }

    /// <summary>Most pixels that one of the result is made of; at least 1.</summary>
    public int Longest => _weights.Max(weights => weights.Length);

    /// <summary>First pixel of the source for a pixel of the result.</summary>
    public int First(int i) => _first[i];

    /// <summary>Weights of it and those after it; they add up to 1.</summary>
    public ReadOnlySpan<double> Weights(int i) => _weights[i];

    // The pixel beyond an edge is that at the edge.
    private static (int First, double[] Weights) Bilinear(double at, int low, int high)
    {
        int before = (int)Math.Floor(at);
        double after = at - before;
        return before < low ? (low, [1.0])
            : before >= high - 1 ? (high - 1, [1.0])
            : after == 0 ? (before, [1.0])
            : (before, [1 - after, after]);
    }

    // Pixels count by how near their centres lie; those beyond an edge do not count.
    private static (int First, double[] Weights) Triangle(double centre, double reach, int low, int high)
    {
        int first = Math.Clamp((int)Math.Floor(centre - reach + 0.5), low, high - 1);
        int end = Math.Clamp((int)Math.Floor(centre + reach + 0.5), first + 1, high);
        double[] weights = new double[end - first];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Max(0, 1 - (Math.Abs(first + i + 0.5 - centre) / reach));
        }

        return (first, Shared(weights));
    }

    // So that they add up to 1.
    private static double[] Shared(double[] weights)
    {
        double sum = weights.Sum();
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = sum > 0 ? weights[i] / sum : 1.0 / weights.Length;
        }

        return weights;
    }

    private static (int First, double[] Weights) Area(double from, double step, int low, int high)
    {
        int first = Math.Clamp((int)Math.Floor(from), low, high - 1);
        int end = Math.Clamp((int)Math.Ceiling(from + step - 1e-9), first + 1, high);
        double[] weights = new double[end - first];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Max(Math.Min(first + i + 1, from + step) - Math.Max(first + i, from), 0);
        }

        return (first, Shared(weights));
    }
}
