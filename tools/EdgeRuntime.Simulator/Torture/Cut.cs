namespace EdgeRuntime.Simulator.Torture;

/// <summary>One moment in which the power can fail: in a changing operation of the disk, or after the last.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Operation">The operation, for people.</param>
/// <param name="Disk">The medium at that moment, what is not synced included; to be copied.</param>
/// <param name="Seen">What was seen of the device until then.</param>
internal sealed record Cut(int Number, string Operation, SimulatedDisk Disk, Witness Seen)
{
    /// <summary>Whether all was done before the power failed.</summary>
    public bool IsEnd { get; init; }

    /// <summary>
    /// Lets a device live through something once, and keeps the moment of every operation. Exact, because nothing of a
    /// process outlives the power: what it would have done afterwards cannot matter.
    /// </summary>
    public static IReadOnlyList<Cut> AllOf(Story story, SimulatedDisk disk, Witness before, Action<SimulatedDevice> life)
    {
        List<Cut> cuts = [];
        using SimulatedDevice device = story.Device(disk);
        disk.Changed += Keep;
        life(device);
        disk.Changed -= Keep;
        cuts.Add(new Cut(cuts.Count + 1, "the end", disk.Copy(), before.And(device)) { IsEnd = true });
        return cuts;

        void Keep(DiskCall call, string path) =>
            cuts.Add(new Cut(cuts.Count + 1, $"{call} {path}", disk.Copy(), before.And(device)));
    }

    /// <summary>The disk of a machine that is switched on again after the power failed here.</summary>
    public SimulatedDisk Rebooted(Aftermath aftermath, int seed)
    {
        SimulatedDisk disk = Disk.Copy();
        disk.Reboot(aftermath, new Random(seed));
        return disk;
    }
}
