namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The mount that a path lies on, as <c>/proc/self/mountinfo</c> tells.</summary>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Device">What is mounted there, such as <c>/dev/mmcblk0p2</c>.</param>
/// <param name="IsNoExec">Whether no program may be started from it.</param>
internal sealed record MountPoint(string Path, string Device, bool IsNoExec)
{
    /// <summary>Finds it: the mount point that is the longest beginning of the path. Null where the kernel does not tell.</summary>
    public static MountPoint? Of(MachineFiles files, string path)
    {
        // "36 35 98:0 /root /mnt rw,noexec - ext4 /dev/sda1 rw"; of two in one place the later one is seen.
        MountPoint? found = null;
        foreach (string line in (files.Text("proc/self/mountinfo") ?? "").Split('\n'))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            string point = words.Length > 5 ? words[4] : "";
            bool holds = point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);
            if (dash > 0 && dash + 2 < words.Length && point.Length > 0 && holds && point.Length >= (found?.Path.Length ?? 0))
            {
                found = new MountPoint(point, words[dash + 2], words[5].Split(',').Contains("noexec"));
            }
        }

        return found;
    }
}
