using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>The ONNX Runtime library of this process: found, opened, and asked for its functions.</summary>
internal sealed unsafe class OrtLibrary
{
    private const string FileName = "libonnxruntime.so.1";

    private OrtLibrary(nint handle, OrtApi api, string version, string path)
    {
        Handle = handle;
        Api = api;
        Version = version;
        Path = path;
    }

    /// <summary>As the system's loader knows it.</summary>
    public nint Handle { get; }

    /// <summary>The library's functions.</summary>
    public OrtApi Api { get; }

    /// <summary>As the library states it, such as <c>1.30.0</c>.</summary>
    public string Version { get; }

    /// <summary>Where it was found; a bare file name when the system's loader found it.</summary>
    public string Path { get; }

    /// <summary>Finds and opens the library.</summary>
    /// <param name="chosen">The one file to use, from a device profile or an argument; null to search.</param>
    /// <param name="oldest">The minor version of ONNX Runtime 1 that suffices.</param>
    /// <param name="package">Finds the library that a package brought along, looked for before the system's own; null
    /// for no package.</param>
    /// <exception cref="ModelLoadException">
    /// There is none, or it is too old; the message says where was looked.
    /// </exception>
    public static OrtLibrary Load(string? chosen, uint oldest = OrtApi.Version, Func<nint>? package = null)
    {
        // Official builds since 1.29 otherwise write a device id and a database under the user's cache and upload
        // events about every model to their maker. A device of ours talks to its own broker and to nobody else. The
        // variable must be there before the environment is created; the function that turns telemetry off comes too
        // late for that.
        CProcess.SetVariable("ORT_DISABLE_TELEMETRY", "1");

        string? fromEnvironment = Environment.GetEnvironmentVariable("EDGE_ONNXRUNTIME");
        if (!string.IsNullOrEmpty(chosen))
        {
            return Open(chosen, "ONNX Runtime was to be loaded from ", oldest);
        }

        // What the user names is used or refused. Falling back to another file would run the model on a library
        // that nobody chose, and say nothing.
        return string.IsNullOrEmpty(fromEnvironment)
            ? Search(oldest, package)
            : Open(fromEnvironment, "EDGE_ONNXRUNTIME names ", oldest);
    }

    private static OrtLibrary Search(uint oldest, Func<nint>? package)
    {
        string beside = AppContext.BaseDirectory;
        string[] candidates =
        [
            System.IO.Path.Combine(beside, "lib", FileName),
            System.IO.Path.Combine(beside, FileName),
        ];
        foreach (string candidate in candidates)
        {
            if (File.Exists(candidate))
            {
                return Open(candidate, "ONNX Runtime was to be loaded from ", oldest);
            }
        }

        nint handle = package is null ? 0 : package();
        return handle != 0 || NativeLibrary.TryLoad(FileName, out handle)
            ? Bind(handle, FileName, oldest)
            : throw new ModelLoadException(
                $"ONNX Runtime was not found: neither {candidates[0]} nor {candidates[1]} nor {FileName} on the "
                    + "system; "
                + "name the file in EDGE_ONNXRUNTIME or in the device profile");
    }

    private static OrtLibrary Open(string path, string origin, uint oldest)
    {
        if (!File.Exists(path))
        {
            throw new ModelLoadException($"{origin}{path}, but there is no such file; ONNX Runtime's {FileName} is "
                + "needed");
        }

        string full = System.IO.Path.GetFullPath(path);
        nint handle;
        try
        {
            handle = NativeLibrary.Load(full);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new ModelLoadException($"{origin}{path}, which cannot be loaded: {LoaderReason(e.Message, full)}", e);
        }

        return Bind(handle, path, oldest);
    }

    private static OrtLibrary Bind(nint handle, string path, uint oldest)
    {
        if (!NativeLibrary.TryGetExport(handle, "OrtGetApiBase", out nint export))
        {
            throw new ModelLoadException($"{path} is a library, but not ONNX Runtime: it has no OrtGetApiBase");
        }

        // OrtApiBase has two members: GetApi, then GetVersionString.
        void** functions = (void**)((delegate* unmanaged<void*>)export)();
        string version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)functions[1])()) ?? "unknown";
        void** slots = (void**)((delegate* unmanaged<uint, void*>)functions[0])(oldest);
        return slots is null
            ? throw new ModelLoadException(
                $"{path} is ONNX Runtime {version}, which is too old: version 1.{oldest} or newer is needed")
            : new OrtLibrary(handle, new OrtApi(slots), version, path);
    }

    // The loader's message is advice for developers on one line and the reason, after the file's name, on another.
    private static string LoaderReason(string message, string path)
    {
        string[] lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? line = Array.FindLast(lines, line => line.StartsWith(path + ": ", StringComparison.Ordinal));
        string reason = line is null ? "the system's loader refused it" : line[(path.Length + 2)..];

        // The file is there. glibc says this of a library for another processor, which is the likelier mistake.
        return reason.EndsWith("No such file or directory", StringComparison.Ordinal)
            ? "it is built for another kind of processor, or a library that it needs is missing"
            : reason;
    }
}
