using System.Globalization;

namespace EdgeRuntime.Fuzz;

/// <summary>
/// Memory of this process as the kernel counts it, that of native libraries included. What one input allocates is counted
/// in <see cref="Campaign"/>; this is what remains of all of them, or what a library took.
/// </summary>
internal static class ResidentMemory
{
    /// <summary>More than this is a finding, bytes.</summary>
    public const long Most = 2L * 1024 * 1024 * 1024;

    /// <summary>Bytes now.</summary>
    public static long Now() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>Most bytes since the process began.</summary>
    public static long Peak() => File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
        .FirstOrDefault();
}
