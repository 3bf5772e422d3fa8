using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// Which program was chosen to serve, and why: what the installed program hands to the one that it becomes, in the environment, since
/// nothing else is left of a process that becomes another program.
/// </summary>
internal sealed record RuntimeChoice
{
    private const string Variable = "EDGE_RUNTIME";

    /// <summary>The process that was chosen for: a variable that some shell kept means nothing.</summary>
    public required int Process { get; init; }

    /// <summary>Path of the installed program, which chooses again at every switch.</summary>
    public required string Installed { get; init; }

    /// <summary>Its version.</summary>
    public required string InstalledVersion { get; init; }

    /// <summary>Directory of the files of the package that serves; null where the installed program does.</summary>
    public string? Tree { get; init; }

    /// <summary>Generation of the order whose trial this start begins; null where it begins none.</summary>
    public long? Trial { get; init; }

    /// <summary>Why not the package serves that the state names, as a sentence; null where it does.</summary>
    public string? Objection { get; init; }

    /// <summary>Takes it out of the environment: no child of this process is to believe that it was chosen.</summary>
    /// <returns>Null where nobody chose for this process.</returns>
    public static RuntimeChoice? Take(int process)
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        try
        {
            return text is not null && JsonSerializer.Deserialize(text, RuntimeJson.Default.RuntimeChoice) is { } choice
                && choice.Process == process ? choice : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As <c>NAME=value</c>.</summary>
    public string ToVariable() => $"{Variable}={JsonSerializer.Serialize(this, RuntimeJson.Default.RuntimeChoice)}";
}

/// <summary>How a device stood when it began to become another program: what the trial of that program is held against.</summary>
/// <param name="Models">Names of the models that answered.</param>
/// <param name="LinkUp">Whether the broker was reached.</param>
/// <param name="OverMemory">Whether more memory was resident than the profile allows: then the same is not held against the next.</param>
internal sealed record RuntimeBefore(IReadOnlyList<string> Models, bool LinkUp, bool OverMemory)
{
    private const string Variable = "EDGE_RUNTIME_BEFORE";

    /// <summary>Takes it out of the environment; of a device that nobody switched nothing is asked.</summary>
    public static RuntimeBefore Take()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        try
        {
            return (text is null ? null : JsonSerializer.Deserialize(text, RuntimeJson.Default.RuntimeBefore)) ?? new RuntimeBefore([], false, false);
        }
        catch (JsonException)
        {
            return new RuntimeBefore([], false, false);
        }
    }

    /// <summary>As <c>NAME=value</c>.</summary>
    public string ToVariable() => $"{Variable}={JsonSerializer.Serialize(this, RuntimeJson.Default.RuntimeBefore)}";
}

/// <summary>How both look as JSON. Members are added and never change their meaning: the two programs are of different versions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RuntimeChoice))]
[JsonSerializable(typeof(RuntimeBefore))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
