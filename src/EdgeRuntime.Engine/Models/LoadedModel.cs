using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// A verified package whose model is loaded and bound: what <see cref="PackageVerification"/> makes, and nothing else.
/// </summary>
/// <remarks>Not thread-safe: <see cref="Input"/> and <see cref="Output"/> are the same memory on every run.</remarks>
public sealed class LoadedModel : IDisposable
{
    private static readonly ReferenceProfile NoProfile = new()
    {
        Rows = 1,
        EffectiveRows = 1,
        EffectiveShare = 1,
        Features = [],
    };

    private readonly int _input;
    private readonly int _output;

    internal LoadedModel(PackageArchive package, IModelRunner runner, int input, int output)
    {
        Digest = package.Id;
        Manifest = package.Manifest;
        Reference = package.Profile ?? NoProfile;
        Runner = runner;
        _input = input;
        _output = output;
        InputLength = (int)runner.Inputs[input].Count;
        OutputLength = (int)runner.Outputs[output].Count;
    }

    /// <summary>The package.</summary>
    public ModelId Digest { get; }

    /// <summary>What it says about itself.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The yardstick for drift; without features when the package brings none.</summary>
    public ReferenceProfile Reference { get; }

    /// <summary>The model.</summary>
    public IModelRunner Runner { get; }

    /// <summary>Elements of <see cref="Input"/>.</summary>
    public int InputLength { get; }

    /// <summary>Elements of <see cref="Output"/>.</summary>
    public int OutputLength { get; }

    /// <summary>
    /// Scaled features, in the manifest's order; to be written before <see cref="IModelRunner.Run"/>.
    /// </summary>
    public Span<float> Input => MemoryMarshal.Cast<byte, float>(Runner.Input(_input));

    /// <summary>The model's raw output; overwritten by the next run.</summary>
    public ReadOnlySpan<float> Output => MemoryMarshal.Cast<byte, float>(Runner.Output(_output));

    /// <inheritdoc/>
    public void Dispose() => Runner.Dispose();
}
