using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>How an execution provider is switched on: most by name, two by functions of their own.</summary>
internal enum ProviderKind
{
    /// <summary>By name.</summary>
    Named,

    /// <summary>NVIDIA CUDA.</summary>
    Cuda,

    /// <summary>NVIDIA TensorRT.</summary>
    TensorRt,
}

/// <summary>One execution provider that is to be switched on.</summary>
/// <param name="Name">As <c>GetAvailableProviders</c> calls it.</param>
/// <param name="Registration">As <c>AppendExecutionProvider</c> calls it.</param>
/// <param name="Settings">The provider's own options.</param>
internal sealed record ProviderRegistration(
    string Name, string Registration, ProviderKind Kind, IReadOnlyDictionary<string, string> Settings)
{
    private const string Ending = "ExecutionProvider";

    // The library's two names of one thing, where they differ by more than the ending.
    private static readonly (string Name, string Registration, ProviderKind Kind)[] Known =
    [
        ("CUDAExecutionProvider", "CUDA", ProviderKind.Cuda),
        ("TensorrtExecutionProvider", "TensorRT", ProviderKind.TensorRt),
        ("NvTensorRTRTXExecutionProvider", "NvTensorRtRtx", ProviderKind.Named),
        ("XnnpackExecutionProvider", "XNNPACK", ProviderKind.Named),
        ("QNNExecutionProvider", "QNN", ProviderKind.Named),
        ("OpenVINOExecutionProvider", "OpenVINO", ProviderKind.Named),
        ("CoreMLExecutionProvider", "CoreML", ProviderKind.Named),
        ("VitisAIExecutionProvider", "VitisAI", ProviderKind.Named),
        ("WebGpuExecutionProvider", "WebGPU", ProviderKind.Named),
        ("SNPEExecutionProvider", "SNPE", ProviderKind.Named),
        ("AzureExecutionProvider", "AZURE", ProviderKind.Named),
    ];

    /// <summary>Of the providers a profile asks for, in its order, those that this library has.</summary>
    /// <param name="available">What the library was built with.</param>
    /// <param name="fallbacks">Takes one sentence for each that it does not have.</param>
    public static List<ProviderRegistration> Choose(
        IReadOnlyList<ProviderOptions> wanted, IReadOnlyList<string> available, string version, List<string> fallbacks)
    {
        List<ProviderRegistration> chosen = [];
        foreach (ProviderOptions provider in wanted)
        {
            // Whatever stands behind the processor is never asked: it takes every operator.
            if (IsSame(provider.Name, "CPU" + Ending, "CPU"))
            {
                break;
            }

            ProviderRegistration? known = Of(provider);
            if (known is null || !available.Contains(known.Name))
            {
                string has = string.Join(", ", available.Select(name => name.Replace(Ending, "", StringComparison.Ordinal)));
                fallbacks.Add($"execution provider '{provider.Name}' is not part of this ONNX Runtime {version}, which has "
                    + $"{has}");
            }
            else
            {
                chosen.Add(known);
            }
        }

        return chosen;
    }

    private static ProviderRegistration? Of(ProviderOptions provider)
    {
        foreach ((string name, string registration, ProviderKind kind) in Known)
        {
            if (IsSame(provider.Name, name, registration))
            {
                return new ProviderRegistration(name, registration, kind, provider.Settings);
            }
        }

        return null;
    }

    private static bool IsSame(string given, string name, string registration) =>
        given.Equals(name, StringComparison.OrdinalIgnoreCase)
        || given.Equals(registration, StringComparison.OrdinalIgnoreCase)
        || (given + Ending).Equals(name, StringComparison.OrdinalIgnoreCase);
}
