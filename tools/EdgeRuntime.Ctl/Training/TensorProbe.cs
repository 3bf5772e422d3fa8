using System.Security.Cryptography;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Stands where a package's model would, answers zeros, and remembers the hash of every input it was given.</summary>
internal sealed class TensorProbe : IModelRunner
{
    /// <summary>Name of its one output.</summary>
    public const string OutputName = "nothing";

    private readonly byte[][] _inputs;
    private readonly byte[] _output;

    /// <param name="layout">The pipeline's tensors.</param>
    /// <param name="outputs">Elements of the answer.</param>
    public TensorProbe(IReadOnlyList<InputSlice> layout, int outputs)
    {
        Inputs = [.. layout.Select(slice => new TensorInfo(slice.Tensor, TensorElement.Float32, [slice.Length]))];
        Outputs = [new TensorInfo(OutputName, TensorElement.Float32, [outputs])];
        _inputs = [.. layout.Select(slice => new byte[slice.Length * sizeof(float)])];
        _output = new byte[outputs * sizeof(float)];
    }

    /// <summary>SHA-256 of the tensors of every run since <see cref="Forget"/>.</summary>
    public List<string> Seen { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>As many elements as the manifest's output needs at the least.</summary>
    public static int OutputLength(ModelManifest manifest) => manifest.Output.Kind switch
    {
        "classification" => manifest.Output.Labels.Count,
        "reconstruction" => manifest.Pipeline.InputLength(),
        "detection" => Candidates(manifest.Output),
        _ => 1,
    };

    /// <summary>The hash by which tensors are compared: over all of them in the pipeline's order.</summary>
    public static string Hash(ReadOnlySpan<byte> tensors) => Convert.ToHexStringLower(SHA256.HashData(tensors));

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _inputs[index];

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index) => _output;

    /// <inheritdoc/>
    public void Run() => Seen.Add(Hash(_inputs.SelectMany(input => input).ToArray()));

    /// <summary>Forgets the runs that verification made.</summary>
    public void Forget() => Seen.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static int Candidates(OutputSpec output)
    {
        DetectionSpec? spec = output.Detection;
        int values = spec?.Values(output.Labels.Count) ?? 4;
        return values * (spec?.Anchors?.Sum(layer => layer.Rows * layer.Columns * layer.Widths.Count) ?? 1);
    }
}
