using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Onnx;

/// <summary>
/// Whether this processor multiplies 8-bit integers without loss. x64 before VNNI adds pairs of products in 16 bits
/// and saturates, so that a quantized model answers differently there; ONNX Runtime can then compute in a slower,
/// exact way.
/// </summary>
internal static class Int8Precision
{
    private const int FeatureLeaf = 7;
    private const int Avx512VnniInEcx = 1 << 11;
    private const int AvxVnniInEax = 1 << 4;

    /// <summary>True where the exact way must be asked for. False on every processor but x64 without VNNI.</summary>
    public static bool MustBeRequested() =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64 && !HasVnni(CpuFeatures.Flags());

    /// <summary>Asks the processor and the kernel, because either alone can be wrong.</summary>
    /// <param name="kernelFlags">
    /// The flags line of /proc/cpuinfo. The kernel knows what it switched off, which the processor does not say; an
    /// emulator answers for its processor, while its /proc/cpuinfo may be the host's. Null when it cannot be read.
    /// </param>
    private static bool HasVnni(string? kernelFlags)
    {
        bool wide = HasFlag(kernelFlags, "avx512_vnni") && (CpuId(0).Ecx & Avx512VnniInEcx) != 0;
        bool narrow = HasFlag(kernelFlags, "avx_vnni") && (CpuId(1).Eax & AvxVnniInEax) != 0;
        return wide || narrow;
    }

    private static bool HasFlag(string? kernelFlags, string flag) =>
        kernelFlags is null || Array.IndexOf(kernelFlags.Split(' '), flag) >= 0;

    private static (int Eax, int Ebx, int Ecx, int Edx) CpuId(int subLeaf) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= FeatureLeaf
        && (subLeaf == 0 || X86Base.CpuId(FeatureLeaf, 0).Eax >= subLeaf)
            ? X86Base.CpuId(FeatureLeaf, subLeaf)
            : default;
}
