using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>What the answers of a window are expected to cost by where their inputs lie; see EdgeRuntime.Statistics.Quality.AdditiveLoss. Exact to add.</summary>
public sealed record LossTally
{
    /// <summary><c>error</c>: share of wrong answers. <c>absolute</c>: magnitude of a regression's error.</summary>
    public required string Kind { get; init; }

    /// <summary>Answers counted.</summary>
    public required long Answers { get; init; }

    /// <summary>Their expected cost together, in 2^-40; as text, since most programs read numbers of 53 bits.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required Int128 Parts { get; init; }

    /// <summary>Both together; null when they are of two kinds.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static LossTally? TryAdd(LossTally one, LossTally other) => one.Kind != other.Kind ? null : one with
    {
        Answers = checked(one.Answers + other.Answers),
        Parts = checked(one.Parts + other.Parts),
    };
}
