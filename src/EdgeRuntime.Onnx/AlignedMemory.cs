using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx;

/// <summary>A block of native memory, aligned as wide vector instructions like it and zero at first.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    // One cache line, and one AVX-512 register: what ONNX Runtime's own allocator aligns to.
    private const int Alignment = 64;

    private readonly int _bytes;
    private void* _start;

    /// <param name="bytes">0 or more.</param>
    public AlignedMemory(int bytes)
    {
        _bytes = bytes;
        _start = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        NativeMemory.Clear(_start, (nuint)bytes);
    }

    /// <summary>Address of the first byte; valid until disposed.</summary>
    public nint Start => (nint)_start;

    /// <summary>The bytes; not to be used after disposal.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return new Span<byte>(_start, _bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
