using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>How a value becomes the number of a category. Allocates nothing once made.</summary>
internal sealed class CategoryRule
{
    private readonly double[] _edges;
    private readonly Dictionary<double, int>? _places;
    private readonly int _hashBuckets;

    private CategoryRule(FeatureSpec spec)
    {
        _edges = [.. spec.Bucketize ?? []];
        _hashBuckets = spec.HashBuckets ?? 0;
        Count = spec.CategoryCount();
        if (spec.Categories is not null)
        {
            _places = [];
            for (int i = 0; i < spec.Categories.Count; i++)
            {
                _places.TryAdd(CategoryCode.Of(spec.Categories[i]), i);
            }
        }
    }

    /// <summary>Categories there are.</summary>
    public int Count { get; }

    /// <summary>The rule of a feature, or null when it is a number.</summary>
    public static CategoryRule? Of(FeatureSpec spec) => spec.CategoryCount() > 0 ? new CategoryRule(spec) : null;

    /// <summary>The number of a value's category; NaN of a value that is missing.</summary>
    public double IndexOf(double value)
    {
        if (double.IsNaN(value))
        {
            return double.NaN;
        }

        if (_places is not null)
        {
            return _places.TryGetValue(value, out int place) ? place : Count - 1;
        }

        return _edges.Length > 0 ? Bucket(value) : CategoryCode.Bucket(value, _hashBuckets);
    }

    /// <summary>The number of a cross of categories; NaN when one of them is missing.</summary>
    public double Cross(ReadOnlySpan<double> values, ReadOnlySpan<int> sources, Span<double> room)
    {
        Span<double> codes = room[..sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            codes[i] = values[sources[i]];
            if (double.IsNaN(codes[i]))
            {
                return double.NaN;
            }
        }

        return CategoryCode.Bucket(codes, _hashBuckets);
    }

    private int Bucket(double value)
    {
        int low = 0;
        int high = _edges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_edges[middle] <= value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
