using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>Whether a repository's TUF metadata vouch for a package, as a device that was born with a root would find.</summary>
/// <param name="root">The root's file.</param>
/// <param name="metadata">The directory that the repository's metadata are in.</param>
internal sealed class MetadataCheck(string root, string metadata, TimeProvider time)
{
    /// <summary>What stands against it, or null.</summary>
    /// <param name="said">What was believed, where nothing does.</param>
    /// <param name="attack">What would have succeeded without the check, where something does.</param>
    public IReadOnlyList<string>? Objection(
        PackageArchive package, byte[] archive, IReadOnlyList<string> hardware, long? floor, out string said, out string attack)
    {
        said = "";
        attack = "";

        // What is believed is kept nowhere: each time is the first.
        string trusted = Directory.CreateTempSubdirectory("edgectl-verify-").FullName;
        try
        {
            TrustedMetadata store = new(new FileDisk(trusted), "");
            TufClient.Trust(store, Files.Read(root, new TufLimits().RootBytes));
            TufClient client = new(store, Fetch, time);
            client.Refresh();
            TargetFile target = client.Find($"{package.Manifest.Name}-{package.Manifest.Version}.edgepkg");
            using TargetHash hash = new(target);
            hash.Append(archive);
            hash.Finish();
            target.Release.Check(target.Path, hardware, floor);
            said = $"{target.Path} is vouched for by root {client.Root.Version}, targets {client.Targets.Version}";
            return null;
        }
        catch (TufException refused)
        {
            attack = Words(refused.Fault);
            return refused.Lines;
        }
        catch (IOException failed)
        {
            attack = "nothing; the metadata cannot be read";
            return [failed.Message];
        }
        finally
        {
            Directory.Delete(trusted, recursive: true);
        }
    }

    private byte[]? Fetch(string name, int limit)
    {
        string path = Path.Combine(metadata, Uri.EscapeDataString(name));
        return File.Exists(path) ? Files.Read(path, limit) : null;
    }

    // RollbackAttack is written as people say it: rollback attack.
    private static string Words(TufFault fault) =>
        string.Concat(fault.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
