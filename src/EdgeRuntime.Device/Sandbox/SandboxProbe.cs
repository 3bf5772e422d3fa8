namespace EdgeRuntime.Device.Sandbox;

/// <summary>Tries, from within, what a candidate must not be able to do: a confinement is believed when it has been run against.</summary>
internal static class SandboxProbe
{
    private const nuint Step = 64 * 1024 * 1024;

    /// <summary>One sentence for everything that went through.</summary>
    /// <param name="memoryBytes">The limit of memory.</param>
    public static IEnumerable<string> Holes(long memoryBytes)
    {
        if (SandboxCalls.CanMakeSocket())
        {
            yield return "a candidate can open a socket";
        }

        if (CanWrite(Path.Combine(Path.GetTempPath(), $"edge-device-probe-{Environment.ProcessId}")) || CanWrite("/dev/null"))
        {
            yield return "a candidate can open files for writing";
        }

        if (CanRead("/etc/passwd"))
        {
            yield return "a candidate can read the files that the device can";
        }

        if (CanStart())
        {
            yield return "a candidate can start other programs";
        }

        if (SandboxCalls.CanMap((nuint)memoryBytes + Step))
        {
            yield return $"a candidate can take more than {memoryBytes >> 20} MiB of memory";
        }
    }

    private static bool CanWrite(string path) => Can(() => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose());

    private static bool CanRead(string path) => Can(() => File.OpenHandle(path).Dispose());

    private static bool CanStart() => Can(() => ChildProcess.Run("/bin/true", ["true"], [], [], 1, TimeProvider.System, out _));

    private static bool Can(Action what)
    {
        try
        {
            what();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
