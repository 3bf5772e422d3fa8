using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Serving;

/// <summary>What this machine says about itself; read once, at start.</summary>
internal static partial class MachineInfo
{
    /// <summary>Architecture, processor, cores and memory that this process may use.</summary>
    public static HardwareInfo Hardware() => new(
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        FirstValue("/proc/cpuinfo", "model name", "Model", "Hardware"),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>What this machine is, as far as packages may demand it.</summary>
    public static DeviceFacts Facts(string onnxRuntime) => new(
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        CpuFeatures.Names,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024),
        onnxRuntime)
    {
        Glibc = Glibc(),
    };

    /// <summary>Distribution and kernel, such as <c>Debian GNU/Linux 12 (bookworm), Linux 6.1.0</c>.</summary>
    public static string OperatingSystem()
    {
        string name = FirstValue("/etc/os-release", "PRETTY_NAME").Trim('"');
        string kernel = $"Linux {Environment.OSVersion.Version}";
        return name.Length == 0 ? kernel : $"{name}, {kernel}";
    }

    /// <summary>True when a time source disciplines the kernel's clock (adjtimex), so that wall time can be trusted.</summary>
    public static bool ClockSynchronized()
    {
        const int SizeOfTimex = 208;
        const int TimeError = 5; // TIME_ERROR: not synchronized
        Span<byte> timex = stackalloc byte[SizeOfTimex];
        timex.Clear();
        int state = AdjTimex(ref MemoryMarshal.GetReference(timex));
        return state is >= 0 and not TimeError;
    }

    private static string? Glibc()
    {
        try
        {
            return Marshal.PtrToStringUTF8(GnuLibraryVersion());
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static string FirstValue(string path, params ReadOnlySpan<string> names)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        foreach (string line in File.ReadLines(path))
        {
            int split = line.AsSpan().IndexOfAny(':', '=');
            if (split > 0 && names.Contains(line[..split].Trim()))
            {
                return line[(split + 1)..].Trim();
            }
        }

        return "";
    }

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GnuLibraryVersion();

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjTimex(ref byte timex);
}
