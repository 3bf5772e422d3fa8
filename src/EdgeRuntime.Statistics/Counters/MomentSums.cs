using System.Numerics;

namespace EdgeRuntime.Statistics.Counters;

/// <summary>The sums of <see cref="ExactMoments"/>, in whole steps of its scale.</summary>
public readonly record struct MomentSums
{
    /// <summary>Most values that sums may be of: with them every sum stays in its range.</summary>
    public const long LargestCount = 1L << 42;

    private const long Limit = MomentScale.Limit;

    /// <summary>Sums of no values.</summary>
    public static MomentSums None { get; } = new()
    {
        Count = 0, Outside = 0, Pairs = 0, Sum = 0, Squares = 0, Cubes = 0, Fourths = 0, Differences = 0, Min = 0, Max = 0,
    };

    /// <summary>Values.</summary>
    public required long Count { get; init; }

    /// <summary>Of these, beyond the limit.</summary>
    public required long Outside { get; init; }

    /// <summary>Pairs of neighbours; at most one for each value.</summary>
    public required long Pairs { get; init; }

    /// <summary>Sum of the values.</summary>
    public required long Sum { get; init; }

    /// <summary>Sum of their squares.</summary>
    public required Int128 Squares { get; init; }

    /// <summary>Sum of their third powers.</summary>
    public required Int128 Cubes { get; init; }

    /// <summary>Sum of their fourth powers.</summary>
    public required Int128 Fourths { get; init; }

    /// <summary>Sum of the squared differences of neighbours.</summary>
    public required Int128 Differences { get; init; }

    /// <summary>Smallest value, in its unit; 0 when empty.</summary>
    public required float Min { get; init; }

    /// <summary>Largest value, in its unit; 0 when empty.</summary>
    public required float Max { get; init; }

    /// <summary>
    /// The sums of both together. They are exact while both are valid and of no more than <see cref="LargestCount"/> values together.
    /// </summary>
    public static MomentSums operator +(in MomentSums one, in MomentSums other) => new()
    {
        Count = one.Count + other.Count,
        Outside = one.Outside + other.Outside,
        Pairs = one.Pairs + other.Pairs,
        Sum = one.Sum + other.Sum,
        Squares = one.Squares + other.Squares,
        Cubes = one.Cubes + other.Cubes,
        Fourths = one.Fourths + other.Fourths,
        Differences = one.Differences + other.Differences,
        Min = one.Count == 0 ? other.Min : other.Count == 0 ? one.Min : Math.Min(one.Min, other.Min),
        Max = one.Count == 0 ? other.Max : other.Count == 0 ? one.Max : Math.Max(one.Max, other.Max),
    };

    /// <summary>What shows that no values have these sums; null when nothing does.</summary>
    public string? Complaint()
    {
        if (Count is < 0 or > LargestCount || Outside < 0 || Outside > Count || Pairs < 0 || Pairs > Count)
        {
            return "the moments' counts are impossible";
        }

        if (!float.IsFinite(Min) || !float.IsFinite(Max) || Min > Max)
        {
            return $"the values cannot lie between {Min} and {Max}";
        }

        // A number and its powers are odd or even together.
        bool odd = (Sum & 1) != 0;
        bool agree = Int128.IsOddInteger(Squares) == odd && Int128.IsOddInteger(Cubes) == odd && Int128.IsOddInteger(Fourths) == odd;
        Int128 most = (Int128)Count * Limit * Limit;
        bool bounded = Squares >= 0 && Squares <= most
            && Fourths >= Squares && Fourths <= most * Limit * Limit
            && Differences >= 0 && Differences <= 4 * (Int128)Pairs * Limit * Limit;

        // Cauchy and Schwarz; by big numbers, since anything may stand here.
        return agree && bounded
            && (BigInteger)Sum * Sum <= (BigInteger)Count * Squares
            && (BigInteger)Squares * Squares <= (BigInteger)Count * Fourths
            && (BigInteger)Cubes * Cubes <= (BigInteger)Squares * Fourths
            ? null
            : "no values have these moments";
    }
}
