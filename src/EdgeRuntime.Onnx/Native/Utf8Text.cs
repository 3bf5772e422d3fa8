using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx.Native;

/// <summary>A string as C wants it: UTF-8, ended by a zero, at an address that stays.</summary>
internal sealed unsafe class Utf8Text(string text) : IDisposable
{
    /// <summary>The text as given.</summary>
    public string Text { get; } = text;

    /// <summary>Address of the first byte; null after disposal.</summary>
    public byte* Start { get; private set; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

    /// <inheritdoc/>
    public void Dispose()
    {
        Marshal.FreeCoTaskMem((nint)Start);
        Start = null;
    }
}
