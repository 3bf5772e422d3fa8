using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>One thing that happens to a device, and what may be true of it afterwards.</summary>
internal sealed record Story
{
    private SimulatedDisk? _before;

    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Makes the disk that it begins with.</summary>
    public required Func<SimulatedDisk> Prepare { get; init; }

    /// <summary>What happens to a device that has started.</summary>
    public required Action<SimulatedDevice> Act { get; init; }

    /// <summary>Package that the configuration brings; 0 for none. (default: 1)</summary>
    public int Configured { get; init; } = 1;

    /// <summary>The order that the broker holds when the device is back, or null.</summary>
    public byte[]? Retained { get; init; }

    /// <summary>Orders that a broker restored from yesterday would hold.</summary>
    public IReadOnlyList<byte[]> Yesterday { get; init; } = [];

    /// <summary>Packages that were committed before it begins.</summary>
    public required IReadOnlyList<int> Committed { get; init; }

    /// <summary>Packages that may answer once the device is back.</summary>
    public required IReadOnlyList<int> MayAnswer { get; init; }

    /// <summary>The package that must answer when nothing went wrong.</summary>
    public required int Ends { get; init; }

    /// <summary>Packages whose trial fails.</summary>
    public IReadOnlyList<int> Bad { get; init; } = [];

    /// <summary>Whether somebody goes back on purpose: then a commit may be followed by an undo of the same order.</summary>
    public bool GoesBack { get; init; }

    /// <summary>Whether what it leaves on the disk is worth spoiling bit by bit: others leave the same.</summary>
    public bool IsSpoilt { get; init; }

    /// <summary>What the device may say of its disk when it comes back; else it must say nothing.</summary>
    public bool MayComplain { get; init; }

    /// <summary>Configurations that may be in force once the device is back, the last of them when nothing went wrong; empty where it takes none.</summary>
    public IReadOnlyList<int> Configurations { get; init; } = [];

    /// <summary>
    /// Programs that may run once the device is back, the last of them when nothing went wrong, 0 for the installed one; empty where
    /// packages bring none.
    /// </summary>
    public IReadOnlyList<int> Programs { get; init; } = [];

    /// <summary>What stands between the device and its disk, or null for nothing.</summary>
    public Func<SimulatedDisk, EncryptedDisk>? Over { get; init; }

    /// <summary>A disk as it is before the story; yours to spoil.</summary>
    public SimulatedDisk Before() => (_before ??= Prepare()).Copy();

    /// <summary>A device on such a disk, switched off.</summary>
    public SimulatedDevice Device(SimulatedDisk disk)
    {
        byte[]? configured = Configured == 0 ? null : Orders.Package(Configured);
        PackageSite[] sites = Configurations.Count > 0 ? [TestPackages.Site, TestPackages.OwnFile] : [];
        string? boot = Programs.Count > 0 ? $"run {disk.Reboots}" : null;
        return new SimulatedDevice(disk, configured, Over?.Invoke(disk), sites, boot)
        {
            Shelf = Orders.Shelf,
            Acknowledges = true,
            TakesSamples = true,
            Judge = model => Bad.Contains((int)model.Manifest.ReleaseCounter) ? new SoakVerdict.Undo("bad") : new SoakVerdict.Commit(),
        };
    }

    /// <summary>A disk as the device sees it.</summary>
    public IDisk Seen(SimulatedDisk disk) => (IDisk?)Over?.Invoke(disk) ?? disk;

    /// <summary>The whole story, without anything going wrong by itself.</summary>
    public void Tell(SimulatedDevice device)
    {
        device.Start();
        Act(device);
    }

    /// <summary>How a device comes back: it starts, finds the broker, and has the retained order again.</summary>
    public void Recover(SimulatedDevice device)
    {
        device.Start();
        if (Retained is not null)
        {
            device.Obey(Retained);
        }
    }
}
