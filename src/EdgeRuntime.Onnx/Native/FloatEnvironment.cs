using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx.Native;

/// <summary>
/// Lets the calling thread count denormal numbers as 0 for a while. ONNX Runtime does so for its own threads only; with one
/// thread a model runs on ours.
/// </summary>
/// <remarks>
/// Over the C library's fenv, which knows the registers of every processor; what is changed in it is the bit that the
/// processor documents (x64: MXCSR bits 15 and 6; arm64: FPCR bit 24). On other processors nothing is changed.
/// </remarks>
internal sealed unsafe partial class FloatEnvironment
{
    // fenv_t of glibc has 32 bytes on x64, MXCSR being the last four, and 8 on arm64, FPCR being the first four.
    private const int Room = 64;
    private const int MxcsrOffset = 28;
    private const uint FlushAndDenormalsAreZero = (1 << 15) | (1 << 6);
    private const uint FlushToZero = 1 << 24;

    private readonly byte[] _usual = GC.AllocateArray<byte>(Room, pinned: true);
    private readonly byte[] _flushing = GC.AllocateArray<byte>(Room, pinned: true);

    /// <summary>Counts denormals as 0 from now on, on this thread, until <see cref="Leave"/>.</summary>
    public void Enter()
    {
        fixed (byte* usual = _usual)
        fixed (byte* flushing = _flushing)
        {
            _ = GetEnvironment(usual);
            new ReadOnlySpan<byte>(usual, Room).CopyTo(new Span<byte>(flushing, Room));
            if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            {
                *(uint*)(flushing + MxcsrOffset) |= FlushAndDenormalsAreZero;
            }
            else if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            {
                *(uint*)flushing |= FlushToZero;
            }

            _ = SetEnvironment(flushing);
        }
    }

    /// <summary>As it was before <see cref="Enter"/>.</summary>
    public void Leave()
    {
        fixed (byte* usual = _usual)
        {
            _ = SetEnvironment(usual);
        }
    }

    [LibraryImport("libm.so.6", EntryPoint = "fegetenv")]
    [SuppressGCTransition]
    private static partial int GetEnvironment(byte* environment);

    [LibraryImport("libm.so.6", EntryPoint = "fesetenv")]
    [SuppressGCTransition]
    private static partial int SetEnvironment(byte* environment);
}
