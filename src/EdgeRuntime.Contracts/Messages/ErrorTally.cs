using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>Sums of a regression's errors as whole numbers; see EdgeRuntime.Statistics.Quality.ErrorSums. Exact to add.</summary>
public sealed record ErrorTally
{
    /// <summary>Power of two that the units hang on.</summary>
    public required int Exponent { get; init; }

    /// <summary>Errors summed.</summary>
    public required long Count { get; init; }

    /// <summary>Of these, those too large for the sums.</summary>
    public long Beyond { get; init; }

    /// <summary>Sum of the magnitudes, in 2^(exponent - 62); as text, since most programs read numbers of 53 bits.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required Int128 Absolute { get; init; }

    /// <summary>Sum of the errors with their signs, in the same unit.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required Int128 Signed { get; init; }

    /// <summary>Sum of the squares, in 2^(2 exponent - 62).</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required Int128 Squares { get; init; }

    /// <summary>Sum of the fourth powers, in 2^(4 exponent - 62).</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required Int128 Fourths { get; init; }

    /// <summary>Both together; they have the same exponent.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static ErrorTally operator +(ErrorTally one, ErrorTally other) => one with
    {
        Count = checked(one.Count + other.Count),
        Beyond = checked(one.Beyond + other.Beyond),
        Absolute = checked(one.Absolute + other.Absolute),
        Signed = checked(one.Signed + other.Signed),
        Squares = checked(one.Squares + other.Squares),
        Fourths = checked(one.Fourths + other.Fourths),
    };
}
