using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>
/// Takes from the calling process, and from the program that it becomes, everything that a model does not need: limits, no new
/// rights, files to read only, no sockets, no other processes. Needs no rights and no name spaces.
/// </summary>
internal static class Confinement
{
    // RLIMIT_CPU, _FSIZE, _DATA, _CORE and _NOFILE. Not _AS: the garbage collector reserves addresses by the hundred gigabytes
    // that it never writes to, and what can be written is what _DATA counts.
    private const int CpuLimit = 0;
    private const int FileSizeLimit = 1;
    private const int DataLimit = 2;
    private const int CoreLimit = 4;
    private const int FilesLimit = 7;
    private const ulong OpenFiles = 256;
    private const int LowestInherited = ChildProcess.OutputDescriptor + 1;

    /// <summary>Confines.</summary>
    /// <returns>One sentence for everything that the kernel does not grant.</returns>
    public static List<string> Enter(ProofLimits limits, IEnumerable<string> readable)
    {
        List<string> gaps = [];
        BeFirstToGo();
        Note(gaps, SandboxCalls.EndWithParent(), "a candidate may outlive this process");
        ulong memory = (ulong)limits.MemoryBytes;
        ulong seconds = (ulong)limits.CpuSeconds;
        Note(gaps, SandboxCalls.SetLimit(DataLimit, memory, memory), "a candidate's memory is without a limit");
        Note(gaps, SandboxCalls.SetLimit(CpuLimit, seconds, seconds + 1), "a candidate's processor time is without a limit");
        Note(gaps, SandboxCalls.SetLimit(FileSizeLimit, 0, 0), "a candidate may make files longer");
        Note(gaps, SandboxCalls.SetLimit(CoreLimit, 0, 0), "a candidate may leave a core file");
        Note(gaps, SandboxCalls.SetLimit(FilesLimit, OpenFiles, OpenFiles), "a candidate's open files are without a limit");
        Note(gaps, SandboxCalls.RenouncePrivileges(), "programs may give a candidate new rights");
        KeepNothingElseOpen();
        if (Landlock.Enter(readable) is string objection)
        {
            gaps.Add(objection);
        }

        Note(
            gaps, SandboxCalls.Filter(SeccompProgram.ForCandidate(RuntimeInformation.ProcessArchitecture, Environment.ProcessId)),
            "the kernel takes no filter of system calls: a candidate can open sockets and write files");
        return gaps;
    }

    /// <summary>The last door: what runs now becomes no other program. For every thread.</summary>
    /// <returns>What the kernel does not grant, or null.</returns>
    public static string? CloseDoor()
    {
        List<string> gaps = [];
        Note(
            gaps, SandboxCalls.FilterAllThreads(SeccompProgram.WithoutPrograms(RuntimeInformation.ProcessArchitecture)),
            "a candidate can become another program");
        return gaps.Count > 0 ? gaps[0] : null;
    }

    /// <summary>What a program of ours needs to read: itself, its libraries, what the kernel says of itself.</summary>
    /// <param name="library">Path of ONNX Runtime's library, or null.</param>
    public static IEnumerable<string> Readable(string? library)
    {
        IEnumerable<string?> places =
        [
            "/usr", "/lib", "/lib64", "/proc", "/sys", "/etc/ld.so.cache", "/etc/ssl/openssl.cnf", "/etc/localtime",
            "/dev/null", "/dev/zero", "/dev/urandom", AppContext.BaseDirectory, DirectoryOf(library), DirectoryOf(Environment.GetEnvironmentVariable("EDGE_ONNXRUNTIME")),
            .. (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':'),
            .. RuntimeFeature.IsDynamicCodeSupported ? Installed() : [],
        ];
        return places.OfType<string>().Where(place => place.Length > 0).Distinct();
    }

    private static string? DirectoryOf(string? file) =>
        string.IsNullOrEmpty(file) ? null : Path.GetDirectoryName(Path.GetFullPath(file));

    // Under the just-in-time compiler the framework lies beside the program: shared/Microsoft.NETCore.App/VERSION.
    private static IEnumerable<string?> Installed() =>
        ["/etc/dotnet", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."))];

    // When the machine runs out of memory, the candidate goes before the device.
    private static void BeFirstToGo()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The limit of its memory stands all the same.
        }
    }

    private static void KeepNothingElseOpen()
    {
        foreach (string entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out int open)
                && open >= LowestInherited)
            {
                _ = SandboxCalls.CloseOnExecution(open);
            }
        }
    }

    private static void Note(List<string> gaps, int error, string what)
    {
        if (error != 0)
        {
            gaps.Add($"{what} (error {error})");
        }
    }
}
