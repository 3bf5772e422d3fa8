namespace EdgeRuntime.Engine.Inference;

/// <summary>How a model is to be run: what the device's profile says, and what the package says of its tensors.</summary>
public sealed record RunnerOptions
{
    /// <summary>Threads inside one operator. (default: 1: waking a pool costs more than a small model; 1 to 64)</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>
    /// Whether waiting threads burn their core instead of sleeping; lowers the latency of models with several threads.
    /// (default: false)
    /// </summary>
    public bool Spinning { get; init; }

    /// <summary>
    /// Whether the library keeps freed memory for the next run. Off saves memory and costs time. (default: true)
    /// </summary>
    public bool Arena { get; init; } = true;

    /// <summary>
    /// Whether numbers too small for full precision count as 0, which keeps decaying signals from slowing a model a
    /// hundredfold; answers may differ in the last digits. (default: false)
    /// </summary>
    public bool DenormalsAsZero { get; init; }

    /// <summary>
    /// Execution providers in the order of preference; what none of them takes runs on the processor. (default: none:
    /// the processor alone)
    /// </summary>
    public IReadOnlyList<ProviderOptions> Providers { get; init; } = [];

    /// <summary>Shapes for inputs whose dimensions the model leaves open, by input name. (default: none)</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> InputShapes { get; init; } =
        new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>
    /// Elements that inputs will be given, by input name, for those without a shape of their own: the last open dimension
    /// takes what the fixed ones leave, other open ones are 1. (default: none: every open dimension is 1)
    /// </summary>
    public IReadOnlyDictionary<string, long> InputLengths { get; init; } = new Dictionary<string, long>();

    /// <summary>Outputs that will be read; the others are not computed. (default: null: all)</summary>
    public IReadOnlyList<string>? Outputs { get; init; }
}

/// <summary>One execution provider of ONNX Runtime.</summary>
/// <param name="Name">As the library calls it, such as <c>CUDAExecutionProvider</c>, or short: <c>cuda</c>.</param>
/// <param name="Settings">The provider's own options, by its own names.</param>
public sealed record ProviderOptions(string Name, IReadOnlyDictionary<string, string> Settings);
