using System.Security.Cryptography;
using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>The stories that are told again and again with everything that can go wrong in them.</summary>
internal static class Stories
{
    private static readonly byte[] Two = Orders.For(2, 1);
    private static readonly byte[] Three = Orders.For(3, 2);
    private static readonly byte[] Settings = Orders.ForConfiguration(1, 1);
    private static readonly byte[] OtherSettings = Orders.ForConfiguration(2, 2);
    private static readonly byte[] Program = Orders.ForProgram(1, 1);
    private static readonly byte[] OtherProgram = Orders.ForProgram(2, 2);

    public static IReadOnlyList<Story> All { get; } =
    [
        new()
        {
            Name = "first-start", Prepare = () => new SimulatedDisk(), Act = _ => { },
            Committed = [], MayAnswer = [1], Ends = 1, IsSpoilt = true,
        },
        new()
        {
            Name = "update", Prepare = Installed, Act = device => device.Obey(Two),
            Retained = Two, Committed = [1], MayAnswer = [1, 2], Ends = 2,
        },
        new()
        {
            Name = "second-update", Prepare = Updated, Act = device => device.Obey(Three),
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 3, IsSpoilt = true,
        },
        new()
        {
            Name = "bad-update", Prepare = Updated, Act = device => device.Obey(Three), Bad = [3],
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2], Ends = 2,
        },
        new()
        {
            Name = "superseded", Prepare = Installed, Act = Supersede,
            Retained = Three, Yesterday = [Two], Committed = [1], MayAnswer = [1, 2, 3], Ends = 3,
        },
        new()
        {
            Name = "revert", Prepare = Updated, Act = device => device.Obey(Orders.For(1, 3, revert: true)),
            Retained = Orders.For(1, 3, revert: true), Yesterday = [Two], Committed = [1, 2], MayAnswer = [1, 2], Ends = 1,
        },
        new()
        {
            Name = "undo", Prepare = Updated, Act = Undo,
            Retained = Two, Committed = [1, 2], MayAnswer = [1, 2], Ends = 1, GoesBack = true,
        },
        new()
        {
            Name = "undo-of-a-trial", Prepare = Updated, Act = UndoTrial,
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 2, GoesBack = true,
        },
        new()
        {
            Name = "configured", Prepare = Installed, Act = _ => { }, Configured = 2,
            Committed = [1], MayAnswer = [1, 2], Ends = 2,
        },
        new()
        {
            Name = "damaged-active", Prepare = Damaged, Act = _ => { }, MayComplain = true,
            Yesterday = [Two], Committed = [1, 2], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "lettered-slots", Prepare = Lettered, Act = device => device.Obey(Three),
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 3,
        },
        new()
        {
            Name = "first-configuration", Prepare = Installed, Act = device => device.Obey(Settings), Configurations = [0, 1],
            Retained = Settings, Committed = [1], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "configuration", Prepare = () => After(Installed(), device => device.Obey(Settings), configurations: [0, 1]),
            Act = device => device.Obey(OtherSettings), Configurations = [1, 2],
            Retained = OtherSettings, Yesterday = [Settings], Committed = [1], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "first-program", Prepare = Installed, Act = device => device.Obey(Program), Programs = [0, 1],
            Retained = Program, Committed = [1], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "program", Prepare = Programmed, Act = device => device.Obey(OtherProgram), Programs = [1, 2],
            Retained = OtherProgram, Yesterday = [Program], Committed = [1], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "bad-program", Prepare = Programmed, Act = device => device.Obey(OtherProgram), Programs = [1], Bad = [2],
            Retained = OtherProgram, Yesterday = [Program], Committed = [1], MayAnswer = [1], Ends = 1,
        },
        new()
        {
            Name = "encrypted-update", Over = Encrypted, Prepare = () => Updated(Encrypted), Act = device => device.Obey(Three),
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 3, IsSpoilt = true,
        },
        new()
        {
            Name = "encryption-on", Over = Encrypted, Prepare = Updated, Act = device => device.Obey(Three),
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 3,
        },
        new()
        {
            Name = "encryption-off", Over = Decrypted, Prepare = () => Updated(Encrypted), Act = device => device.Obey(Three),
            Retained = Three, Yesterday = [Two], Committed = [1, 2], MayAnswer = [2, 3], Ends = 3,
        },
        new()
        {
            Name = "nothing-configured", Prepare = () => new SimulatedDisk(), Act = device => device.Obey(Two), Configured = 0,
            Retained = Two, Committed = [], MayAnswer = [0, 2], Ends = 2, MayComplain = true,
        },
    ];

    private static readonly DeviceKey Key = new(SHA256.HashData("the key of a device in stories"u8));

    private static EncryptedDisk Encrypted(SimulatedDisk disk) => new(disk, "slots", Key, RandomNumberGenerator.Create());

    private static EncryptedDisk Decrypted(SimulatedDisk disk) => new(disk, "slots", Key, RandomNumberGenerator.Create(), encrypts: false);

    private static SimulatedDisk Installed() => After(new SimulatedDisk(), _ => { });

    private static SimulatedDisk Updated() => Updated(null);

    private static SimulatedDisk Updated(Func<SimulatedDisk, EncryptedDisk>? over) =>
        After(After(new SimulatedDisk(), _ => { }, over), device => device.Obey(Two), over);

    private static SimulatedDisk Programmed() => After(Installed(), device => device.Obey(Program), programs: [0, 1]);

    private static SimulatedDisk Damaged()
    {
        SimulatedDisk disk = Updated();
        SlotStore store = SlotStore.Open(disk, "plant");
        disk.FlipBit(store.PathOf(store.State.ActiveSlot!.Value), 700);
        return disk;
    }

    // As before archives had the names of their content.
    private static SimulatedDisk Lettered()
    {
        SimulatedDisk disk = Updated();
        SlotStore store = SlotStore.Open(disk, "plant");
        foreach (Slot slot in Enum.GetValues<Slot>())
        {
            string lettered = $"slots/plant/{(slot == Slot.A ? 'a' : 'b')}";
            disk.CreateDirectory(lettered);
            disk.SyncDirectory("slots/plant");
            disk.Rename(store.PathOf(slot), $"{lettered}/package.edgepkg");
            disk.SyncDirectory(lettered);
            disk.SyncDirectory(DurableFiles.Parent(store.PathOf(slot)));
            disk.Delete(DurableFiles.Parent(store.PathOf(slot)));
            disk.SyncDirectory("slots/plant");
        }

        return disk;
    }

    private static SimulatedDisk After(
        SimulatedDisk disk, Action<SimulatedDevice> act, Func<SimulatedDisk, EncryptedDisk>? over = null, IReadOnlyList<int>? configurations = null,
        IReadOnlyList<int>? programs = null)
    {
        Story quiet = new()
        {
            Name = "", Prepare = () => disk, Act = act, Over = over, Configurations = configurations ?? [], Programs = programs ?? [],
            Committed = [], MayAnswer = [], Ends = 0,
        };
        using SimulatedDevice device = quiet.Device(disk);
        quiet.Tell(device);
        return disk;
    }

    // The second order comes when half of the first one's package is here.
    private static void Supersede(SimulatedDevice device)
    {
        int chunks = 0;
        device.Way = bytes =>
        {
            if (++chunks == 3)
            {
                device.Agent.OnDesired(Three);
            }

            return bytes;
        };
        device.Obey(Two);
    }

    private static void Undo(SimulatedDevice device)
    {
        device.Agent.Undo("plant", out _);
        device.Run();
    }

    private static void UndoTrial(SimulatedDevice device)
    {
        device.Judge = _ => null;
        device.Obey(Three);
        device.Agent.Undo("plant", out _);
        device.Run();
    }
}
