using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>What the child of a <see cref="RuntimeProver"/> is asked to do: its only argument, as JSON.</summary>
internal sealed record TryRequest
{
    /// <summary>The process that asks; without it there is nobody to answer.</summary>
    public required int Parent { get; init; }

    /// <summary>What it may use up.</summary>
    public required ProofLimits Limits { get; init; }

    /// <summary>Path of the candidate.</summary>
    public required string Program { get; init; }

    /// <summary>What the candidate is told to do.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>As an argument.</summary>
    public string ToText() => JsonSerializer.Serialize(this, TryJson.Default.TryRequest);

    /// <summary>From an argument; null when it is none.</summary>
    public static TryRequest? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TryJson.Default.TryRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How it looks as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TryRequest))]
internal sealed partial class TryJson : JsonSerializerContext;
