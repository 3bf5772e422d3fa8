namespace EdgeRuntime.Device.Sandbox;

/// <summary>What of the file system, the network and other processes is left to a candidate's process: programs and data to read.</summary>
internal static class Landlock
{
    private const ulong Execute = 1 << 0;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadDirectory = 1 << 3;

    // Rights of files that each version of the kernel's interface can forbid: 13, then renaming across directories, truncating,
    // and the controls of devices.
    private const ulong First = (1 << 13) - 1;
    private const ulong Rename = 1 << 13;
    private const ulong Truncate = 1 << 14;
    private const ulong ControlDevice = 1 << 15;

    private const ulong BindAndConnect = 3;
    private const ulong AbstractSocketsAndSignals = 3;

    /// <summary>Holds the calling thread, and what it becomes, to reading.</summary>
    /// <param name="places">Directories and files that it may read and execute; those that are not there are passed over.</param>
    /// <returns>What the kernel does not grant, as a sentence, or null.</returns>
    public static string? Enter(IEnumerable<string> places)
    {
        int version = SandboxCalls.LandlockVersion();
        if (version < 1)
        {
            return "this kernel has no Landlock, or it is switched off: a candidate can read the files that the device can";
        }

        ulong files = First | (version >= 2 ? Rename : 0) | (version >= 3 ? Truncate : 0) | (version >= 5 ? ControlDevice : 0);
        ReadOnlySpan<ulong> handled = [files, BindAndConnect, AbstractSocketsAndSignals];
        int rules = SandboxCalls.LandlockRules(handled[..(version >= 6 ? 3 : version >= 4 ? 2 : 1)]);
        if (rules < 0)
        {
            return "Landlock takes no rules: a candidate can read the files that the device can";
        }

        foreach (string place in places)
        {
            ulong access = Directory.Exists(place) ? Execute | ReadFile | ReadDirectory : Execute | ReadFile;
            _ = SandboxCalls.LandlockAllow(rules, place, access);
        }

        return SandboxCalls.LandlockEnter(rules) is int error and not 0
            ? $"Landlock refuses with error {error}: a candidate can read the files that the device can"
            : null;
    }
}
