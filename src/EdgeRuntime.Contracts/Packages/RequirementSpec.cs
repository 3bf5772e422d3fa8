namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a package demands of a device, checked before anything of it is loaded, and where an order says it, before a byte is fetched.</summary>
/// <remarks>
/// That its sensor has the channels, with their units, and the rate, every package demands; see <see cref="ManifestChannel"/>
/// and <see cref="PipelineSpec.RateHz"/>.
/// </remarks>
public sealed record RequirementSpec
{
    /// <summary>Processors, one of which it must be: <c>x64</c>, <c>arm64</c>. (default: any)</summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>
    /// What the processor must all be able to do, by the names that the kernel gives in <c>/proc/cpuinfo</c>: <c>avx2</c>,
    /// <c>avx512_vnni</c>, <c>asimddp</c>. (default: nothing)
    /// </summary>
    public IReadOnlyList<string>? InstructionSets { get; init; }

    /// <summary>Memory that the device's process may use at least, MiB; greater than 0. (default: any)</summary>
    public double? MemoryMb { get; init; }

    /// <summary>Oldest ONNX Runtime; a semantic version. (default: any)</summary>
    public string? MinOnnxruntime { get; init; }

    /// <summary>Newest ONNX Runtime that the model was tried with; a semantic version. (default: any)</summary>
    public string? MaxOnnxruntime { get; init; }

    /// <summary>Oldest GNU C library that its program runs on, such as <c>2.34</c>. (default: any)</summary>
    public string? MinGlibc { get; init; }

    /// <summary>Share by which a sensor's rate may differ from the pipeline's; 0 to 0.5. (default: 0.1)</summary>
    public double? RateTolerance { get; init; }
}

/// <summary>A bound that a figure of the model's goals must keep for the package to be made.</summary>
/// <param name="Metric">Name of the figure among <see cref="ModelManifest.Goals"/>.</param>
/// <param name="Comparison"><c>at_least</c> or <c>at_most</c>.</param>
/// <param name="Value">The bound.</param>
public sealed record GateSpec(string Metric, string Comparison, double Value)
{
    /// <summary>Why the goals do not keep this gate, as a sentence, or null.</summary>
    public string? Objection(IReadOnlyDictionary<string, double> goals)
    {
        if (!goals.TryGetValue(Metric, out double measured))
        {
            return $"nothing says what {Metric} is, and a gate asks for it";
        }

        // Written as 'keeps it' so that a figure that is no number does not.
        bool keeps = Comparison == "at_least" ? measured >= Value : measured <= Value;
        return keeps ? null : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Metric} is {measured} where {(Comparison == "at_least" ? "at least" : "at most")} {Value} is asked for");
    }
}
