using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>What the child process is asked to do: its only argument, as JSON.</summary>
internal sealed record ProofRequest
{
    /// <summary>Path of ONNX Runtime's library; null to look for it as the device does.</summary>
    public string? Library { get; init; }

    /// <summary>The process that asks; without it there is nobody to answer.</summary>
    public required int Parent { get; init; }

    /// <summary>What it may use up.</summary>
    public required ProofLimits Limits { get; init; }

    /// <summary>See <see cref="RunnerOptions.IntraOpThreads"/>.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>See <see cref="RunnerOptions.Arena"/>.</summary>
    public bool Arena { get; init; } = true;

    /// <summary>See <see cref="RunnerOptions.DenormalsAsZero"/>.</summary>
    public bool DenormalsAsZero { get; init; }

    /// <summary>Whether it also tries what it must not be able to do.</summary>
    public bool Probes { get; init; }

    /// <summary>Whether it is confined already, and is to begin.</summary>
    public bool IsConfined { get; init; }

    /// <summary>What of the confinement this kernel does not grant.</summary>
    public IReadOnlyList<string> Gaps { get; init => field = value ?? []; } = [];

    /// <summary>
    /// On the processor alone: other providers open their devices for writing, which no candidate may. They are asked once the
    /// model is loaded to serve.
    /// </summary>
    public RunnerOptions ForRunner() =>
        new() { IntraOpThreads = Threads, Arena = Arena, DenormalsAsZero = DenormalsAsZero };

    /// <summary>As an argument.</summary>
    public string ToText() => JsonSerializer.Serialize(this, ProofJson.Default.ProofRequest);

    /// <summary>From an argument; null when it is none.</summary>
    public static ProofRequest? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ProofJson.Default.ProofRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One line of what the child says: what it does next, or what came of it.</summary>
internal sealed record ProofLine
{
    /// <summary>What is done next, such as <c>loading model.onnx</c>.</summary>
    public string? Step { get; init; }

    /// <summary>The last word.</summary>
    public ProofReport? Report { get; init; }

    /// <summary>With a line feed at the end.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ProofJson.Default.ProofLine), (byte)'\n'];

    /// <summary>
    /// Reads what a child said, which may be anything: a model that took it over says what it likes. Lines that are none are
    /// passed over.
    /// </summary>
    /// <returns>The last step and the last report.</returns>
    public static ProofLine Parse(ReadOnlySpan<byte> answer)
    {
        ProofLine last = new();
        foreach (Range range in answer.Split((byte)'\n'))
        {
            if (TryParse(answer[range]) is ProofLine line)
            {
                last = new ProofLine { Step = line.Step ?? last.Step, Report = line.Report ?? last.Report };
            }
        }

        return last;
    }

    private static ProofLine? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, ProofJson.Default.ProofLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How both look as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProofRequest))]
[JsonSerializable(typeof(ProofLine))]
internal sealed partial class ProofJson : JsonSerializerContext;
