namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// The ONNX model, or several that answer together, and how tensors are bound to features and to the output.
/// </summary>
/// <remarks>
/// Every input of the model gets its values from exactly one place: the pipeline's features, <see cref="Constants"/> or
/// <see cref="State"/>. Where a package holds several files (<see cref="Members"/>, <see cref="Variants"/>), all of this
/// holds for each of them.
/// </remarks>
public sealed record ModelSpec
{
    /// <summary>
    /// File in the package; with members or variants the first of theirs, which may then be left out. Tensors that a model
    /// keeps in files of their own (ONNX external data) are taken from the package's files beside it.
    /// </summary>
    public required string File { get; init; }

    /// <summary>
    /// Input tensor that takes the features, of any type of numbers; as many elements as the pipeline makes. Dimensions
    /// the model leaves open are settled by <see cref="Shapes"/>, else the last open one takes what there is.
    /// </summary>
    public required string Input { get; init; }

    /// <summary>
    /// Output tensor that <see cref="OutputSpec"/> reads, of any type of numbers; with <see cref="Outputs"/> the first
    /// of them, which may then be left out.
    /// </summary>
    public required string Output { get; init; }

    /// <summary>Oldest ONNX Runtime that runs it, such as <c>1.17.0</c>; null when any does.</summary>
    public string? MinOnnxruntime { get; init; }

    /// <summary>
    /// Several output tensors, read one behind the other as one row of values, 1 to 16; null for <see cref="Output"/>
    /// alone.
    /// </summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Shapes of inputs whose dimensions the model leaves open, by tensor; each dimension at least 1.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>>? Shapes { get; init; }

    /// <summary>
    /// Inputs that always hold the same values, by tensor, such as <c>"sr": [16000]</c>; one value fills the tensor,
    /// else there is one for each element.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? Constants { get; init; }

    /// <summary>What a model remembers from sample to sample; null for a model without memory.</summary>
    public IReadOnlyList<StateSpec>? State { get; init; }

    /// <summary>
    /// Seconds between two samples, by the frames' own time, beyond which the state starts afresh; greater than 0. It
    /// also starts afresh when the model takes over, and when it is no longer finite. (default: the longer of 1 second
    /// and three hops)
    /// </summary>
    public double? ResetAfterS { get; init; }

    /// <summary>
    /// What the codes of integer tensors stand for, by tensor: <c>real = (code - zero_point) * scale</c>. (default:
    /// what the model's own quantize operators say of the tensor, else the plain numbers)
    /// </summary>
    public IReadOnlyDictionary<string, QuantizationSpec>? Quantization { get; init; }

    /// <summary>Models that answer together, 2 to 16; null for a single model. Not together with variants.</summary>
    public IReadOnlyList<MemberSpec>? Members { get; init; }

    /// <summary>
    /// How the members' outputs become one, element by element: <c>mean</c>, <c>weighted_mean</c>, <c>max</c>,
    /// <c>median</c>, or <c>vote</c>, each member's weight going to its largest element; the outputs are then shares of
    /// all weights. (default: mean)
    /// </summary>
    public string? Combine { get; init; }

    /// <summary>
    /// Files with the same contract, such as float32 and int8, 2 to 8, of which the device takes the one that answers
    /// the golden vectors rightly and fastest, by its own measurement; null for a single file.
    /// </summary>
    public IReadOnlyList<VariantSpec>? Variants { get; init; }

    /// <summary>Every file of the model, the first being <see cref="File"/>.</summary>
    public IReadOnlyList<string> Files() =>
        Members is not null ? [.. Members.Select(member => member.File)]
        : Variants is not null ? [.. Variants.Select(variant => variant.File)]
        : [File];

    /// <summary>Every output tensor that is read, in order.</summary>
    public IReadOnlyList<string> OutputNames() => Outputs ?? [Output];
}

/// <summary>One tensor that a model hands itself: the output of one run is the input of the next.</summary>
public sealed record StateSpec
{
    /// <summary>Input tensor.</summary>
    public required string Input { get; init; }

    /// <summary>Output tensor of the same type and number of elements.</summary>
    public required string Output { get; init; }

    /// <summary>What the input holds at first: one value for all elements, or one for each. (default: 0)</summary>
    public IReadOnlyList<double>? Initial { get; init; }
}

/// <summary>What integer codes stand for: <c>real = (code - zero_point) * scale</c>.</summary>
/// <param name="Scale">Real value of one step; greater than 0.</param>
/// <param name="ZeroPoint">The code that stands for 0.0.</param>
public sealed record QuantizationSpec(double Scale, long ZeroPoint);

/// <summary>One model of several that answer together.</summary>
public sealed record MemberSpec
{
    /// <summary>File in the package.</summary>
    public required string File { get; init; }

    /// <summary>For <c>weighted_mean</c> and <c>vote</c>; greater than 0. (default: 1)</summary>
    public double? Weight { get; init; }
}

/// <summary>One of several files with the same contract.</summary>
public sealed record VariantSpec
{
    /// <summary>What reports call it, such as <c>int8</c>; unique.</summary>
    public required string Name { get; init; }

    /// <summary>File in the package.</summary>
    public required string File { get; init; }

    /// <summary>
    /// Largest difference of an output element from the golden vectors that is still right for this file; greater than
    /// 0. (default: that of the golden vectors)
    /// </summary>
    public double? Tolerance { get; init; }
}
