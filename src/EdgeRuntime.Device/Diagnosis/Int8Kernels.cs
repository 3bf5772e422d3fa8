using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>
/// Which int8 kernels ONNX Runtime chooses on a processor, and what that means. Read in onnxruntime/core/mlas/lib/platform.cpp
/// of 1.30.
/// </summary>
internal static class Int8Kernels
{
    // Best first: the first whose flags are all there is what the library uses.
    private static readonly (string[] Flags, string Kernels, string? Warning)[] X64 =
    [
        (["amx_int8"], "AMX-INT8: matrix tiles, the fastest there is", null),
        (["avx512_vnni"], "AVX512-VNNI: exact products, and int8 well ahead of float on most models", null),
        (["avx_vnni"], "AVX-VNNI: exact products, and int8 ahead of float on most models", null),
        (["avx2"], "AVX2 without VNNI: pairs of int8 products saturate in 16 bits",
            "the exact way is asked for by itself (session.x64quantprecision) and costs speed; compare float and int8 with 'edge-device bench'"),
        ([], "SSE only: int8 is likely slower than float", "serve float models here, or compare with 'edge-device bench'"),
    ];

    private static readonly (string[] Flags, string Kernels, string? Warning)[] Arm64 =
    [
        (["i8mm"], "I8MM (SMMLA, UMMLA): exact products, the fastest ARM kernels; unsigned and signed activations alike", null),
        (["asimddp"], "dotprod (SDOT, UDOT): exact products, and int8 ahead of float on most models", null),
        ([], "plain NEON: exact products, but int8 may be slower than float",
            "compare float and int8 with 'edge-device bench' (Cortex-A53 and A72 often prefer float)"),
    ];

    /// <summary>Judges a processor.</summary>
    /// <param name="flags">The kernel's words for what it can: <c>flags</c> on x64, <c>Features</c> on ARM.</param>
    public static Finding Judge(Architecture architecture, IReadOnlySet<string> flags)
    {
        (string[] Flags, string Kernels, string? Warning)[]? table = architecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            _ => null,
        };
        if (table is null)
        {
            return Finding.Warning("int8", $"nothing is known about int8 kernels on {architecture}", "compare float and int8 with 'edge-device bench'");
        }

        (_, string kernels, string? warning) = table.First(row => row.Flags.All(flags.Contains));
        return warning is null ? Finding.Ok("int8", kernels) : Finding.Warning("int8", kernels, warning);
    }
}
