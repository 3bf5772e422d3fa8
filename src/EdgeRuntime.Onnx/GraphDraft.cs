using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Onnx;

/// <summary>What the library writes an optimized graph to, until it is kept: a file, or memory that has a name.</summary>
internal sealed partial class GraphDraft : IDisposable
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    private readonly SafeFileHandle? _memory;

    private GraphDraft(string path, SafeFileHandle? memory)
    {
        Path = path;
        _memory = memory;
    }

    /// <summary>What to open.</summary>
    public string Path { get; }

    /// <summary>A file, removed in the end if it is still there.</summary>
    public static GraphDraft At(string path) => new(path, null);

    /// <summary>Memory, so that the medium never sees it.</summary>
    /// <exception cref="IOException">The kernel has none to give.</exception>
    public static GraphDraft InMemory()
    {
        int descriptor = MemfdCreate("graph", CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"memfd_create failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        return new GraphDraft(
            string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}"), new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory is null)
        {
            GraphCache.Forget(Path);
        }
        else
        {
            _memory.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);
}
