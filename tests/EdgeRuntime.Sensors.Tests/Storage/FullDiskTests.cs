using System.Diagnostics;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Sensors.Tests.Storage;

/// <summary>A real file system of a few megabytes that is really full.</summary>
public sealed class FullDiskTests
{
    private const int Megabyte = 1024 * 1024;

    [MountFact]
    public void With_no_byte_free_the_active_archive_is_read_an_undo_is_written_and_a_download_refused_before_it_begins()
    {
        using Tmpfs medium = new(4 * Megabyte);
        FileDisk disk = new(medium.Path);
        SlotStore store = SlotStore.Open(disk, "m");
        (StoredPackage old, StoredPackage young) = (Install(disk, store, "old", 1), Install(disk, store, "young", 2));
        LineState updated = LineState.Empty with
        {
            A = old, B = young, ActiveSlot = Slot.B, Floor = 2, Trusted = [old.Digest, young.Digest],
        };
        store.Save(updated);
        Fill(disk);
        Assert.Equal(0, disk.FreeBytes);

        store.Save(updated with { ActiveSlot = Slot.A });
        SlotStore reopened = SlotStore.Open(disk, "m");

        Assert.Equal(old, reopened.State.Active);
        Assert.Null(reopened.Damage);
        Assert.Equal("old", Encoding.UTF8.GetString(DurableFiles.ReadAll(disk, reopened.PathOf(Slot.A), 100)!));
        IOException full = Assert.Throws<IOException>(() => disk.Reserve("slots/m/incoming/package.part", Megabyte));
        Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
        Assert.Equal(0, disk.Length("slots/m/incoming/package.part"));
    }

    [MountFact]
    public void What_is_reserved_is_there_when_others_have_taken_the_rest()
    {
        using Tmpfs medium = new(4 * Megabyte);
        FileDisk disk = new(medium.Path);
        disk.Reserve("part", Megabyte);
        Fill(disk);
        byte[] bytes = new byte[Megabyte];
        new Random(1).NextBytes(bytes);

        disk.Write("part", 0, bytes);
        disk.Sync("part");

        Assert.Equal(bytes, DurableFiles.ReadAll(disk, "part", Megabyte));

        // Open until then, and a medium that is in use is not taken away.
        disk.Delete("part");
    }

    private static StoredPackage Install(FileDisk disk, SlotStore store, string text, long counter)
    {
        byte[] archive = Encoding.UTF8.GetBytes(text);
        ModelId id = ModelId.Of(archive);
        StoredPackage package = new(id, $"{counter}.0.0", counter, id.ToString(), archive.Length);
        store.Save(store.State with { Phase = new Activation.Installing(Order(package), package, 1) });
        store.Place(archive);
        store.Install(package);
        store.Save(store.State.With(counter == 1 ? Slot.A : Slot.B, package) with { Phase = new Activation.Steady() });
        return package;
    }

    private static UpdateOrder Order(StoredPackage package) => new()
    {
        Deployment = "d-1",
        Generation = 1,
        Digest = package.Digest,
        Version = package.Version,
        ArchiveSha256 = package.ArchiveSha256,
        Size = package.Size,
        ChunkBytes = 10,
    };

    private static void Fill(FileDisk disk)
    {
        byte[] page = new byte[4096];
        try
        {
            for (long at = 0; ; at += page.Length)
            {
                disk.Write("others", at, page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>A file system in memory of a fixed size, mounted for as long as a test lasts.</summary>
    private sealed class Tmpfs : IDisposable
    {
        public Tmpfs(int bytes) => Mount("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", Path);

        public string Path { get; } = Directory.CreateTempSubdirectory("edge-full-").FullName;

        public void Dispose()
        {
            Mount("umount", Path);
            Directory.Delete(Path);
        }

        internal static void Mount(string program, params string[] words)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        }
    }
}

/// <summary>A test that mounts a file system; skipped, with the reason, where that is not permitted.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    private static readonly string? Missing = Try();

    public MountFactAttribute() => Skip = Missing;

    private static string? Try()
    {
        string directory = Directory.CreateTempSubdirectory("edge-mount-").FullName;
        try
        {
            using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "tmpfs", directory]) { RedirectStandardError = true })!;
            mount.WaitForExit();
            if (mount.ExitCode != 0)
            {
                return "file systems may not be mounted here";
            }

            Process.Start("umount", directory).WaitForExit();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no mount here";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }
}
