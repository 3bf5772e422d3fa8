using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>
/// The library and its one environment, which every session of the process shares. Never released: ONNX Runtime keeps
/// thread-local state that outlives it, and releasing it while the process ends has crashed on some boards.
/// </summary>
internal sealed unsafe class OrtEnvironment
{
    // Fatal only. What fails is returned as a status and becomes our own sentence; a second copy of it on stderr, with
    // C++ file names and colours, would help nobody.
    private const int FatalOnly = 4;

    private const int DeviceAllocator = 0;
    private const int DefaultMemory = 0;

    /// <exception cref="ModelLoadException">The library refused to start.</exception>
    public OrtEnvironment(OrtLibrary library)
    {
        Library = library;
        OrtEnv* environment;
        OrtAllocator* allocator;
        OrtMemoryInfo* memory;
        fixed (byte* logId = "edge"u8)
        {
            CheckLoad(library.Api.CreateEnv(FatalOnly, logId, &environment));
        }

        CheckLoad(library.Api.GetAllocatorWithDefaultOptions(&allocator));
        CheckLoad(library.Api.CreateCpuMemoryInfo(DeviceAllocator, DefaultMemory, &memory));
        Handle = environment;
        Allocator = allocator;
        Memory = memory;
    }

    public OrtLibrary Library { get; }

    public OrtEnv* Handle { get; }

    /// <summary>ONNX Runtime's own allocator; it owns names and text tensors.</summary>
    public OrtAllocator* Allocator { get; }

    /// <summary>Says of memory of ours that it is ordinary memory.</summary>
    public OrtMemoryInfo* Memory { get; }

    /// <summary>Takes a status and releases it.</summary>
    /// <exception cref="ModelLoadException">The call failed.</exception>
    public void CheckLoad(OrtStatus* status)
    {
        if (status is not null)
        {
            throw new ModelLoadException(Sentence(status));
        }
    }

    /// <summary>Takes a status and releases it.</summary>
    /// <exception cref="InferenceException">The call failed.</exception>
    public void CheckRun(OrtStatus* status)
    {
        if (status is not null)
        {
            throw new InferenceException(Sentence(status));
        }
    }

    private string Sentence(OrtStatus* status)
    {
        string raw = Marshal.PtrToStringUTF8((nint)Library.Api.GetErrorMessage(status)) ?? "";
        Library.Api.ReleaseStatus(status);
        return RuntimeMessage.ToSentence(raw, Library.Version);
    }
}
