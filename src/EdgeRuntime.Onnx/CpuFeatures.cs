using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx;

/// <summary>What this processor can, as the kernel says: decides which kernels the library chooses.</summary>
public static class CpuFeatures
{
    private static readonly Lazy<string> Read = new(() => $"{RuntimeInformation.ProcessArchitecture} {Flags() ?? "unknown"}");

    /// <summary>Architecture and features in one line; the same on every start of the same machine.</summary>
    public static string Text => Read.Value;

    /// <summary>Names of what the processor can, as the kernel gives them; null where it does not tell.</summary>
    public static IReadOnlyList<string>? Names => Flags() is { } line && line.Contains(':', StringComparison.Ordinal)
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        : null;

    /// <summary>The names of the features, with blanks between them; null where the kernel does not tell.</summary>
    internal static string? Flags()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                // x64 calls them flags, arm64 Features.
                if (line.StartsWith("flags", StringComparison.Ordinal)
                    || line.StartsWith("Features", StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox may hide /proc.
        }

        return null;
    }
}
