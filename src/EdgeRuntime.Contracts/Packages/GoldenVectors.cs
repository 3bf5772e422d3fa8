namespace EdgeRuntime.Contracts.Packages;

/// <summary>Inputs with the answers they must get on every device: <c>golden/golden.json</c>.</summary>
public sealed record GoldenVectors
{
    /// <summary>File name in a package.</summary>
    public const string FileName = "golden/golden.json";

    /// <summary>Largest difference of an output element that is still right; greater than 0. Kernels of other CPUs round otherwise.</summary>
    public required double Tolerance { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<GoldenVector> Vectors { get; init; }
}

/// <summary>One input with its answer.</summary>
/// <param name="Input">Scaled features, shape [features].</param>
/// <param name="Output">The model's raw output, before softmax.</param>
public sealed record GoldenVector(IReadOnlyList<double> Input, IReadOnlyList<double> Output);
