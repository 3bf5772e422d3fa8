using System.Security.Cryptography;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>What the state of the runtime line says, for those who only look: which program is to be started, and its bytes.</summary>
public static class RuntimePointer
{
    private const long LargestArchive = 1L << 30;

    /// <summary>Reads it; the pointer before it counts where it is damaged, as for the agent.</summary>
    /// <param name="line">Name of the line.</param>
    /// <param name="damage">What is wrong with a pointer, as a sentence; null for nothing.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">The medium failed.</exception>
    public static LineState? Read(IDisk disk, string line, out string? damage)
    {
        damage = null;
        foreach (string path in SlotStore.PointersOf(line))
        {
            try
            {
                if (DurableFiles.ReadPatiently(disk, path, PointerFile.MaxBytes) is byte[] bytes)
                {
                    return PointerFile.Decode(bytes);
                }
            }
            catch (InvalidDataException broken)
            {
                damage = $"{path}: {broken.Message}";
            }
        }

        return null;
    }

    /// <summary>
    /// The packages to start, the first that can be: one on trial, with the generation of its order; what served before; and what that
    /// came after. Beneath them stands the installed program.
    /// </summary>
    public static IEnumerable<(StoredPackage Package, long? Trial)> InOrder(LineState state)
    {
        if (state is { Phase: Activation.Switching or Activation.Soaking, Spare: { } candidate })
        {
            yield return (candidate, state.Phase.Pending!.Generation);
        }

        foreach (StoredPackage package in new[] { state.Active, state.Previous }.OfType<StoredPackage>())
        {
            yield return (package, null);
        }
    }

    /// <summary>Reads a package that the pointer names, and holds every byte of it against hash and signature.</summary>
    /// <exception cref="InvalidDataException">It is not what the pointer names.</exception>
    /// <exception cref="PackageRejectedException">It is no whole runtime package that one of the keys signed.</exception>
    /// <exception cref="IOException">The medium failed.</exception>
    public static RuntimeBundle Open(IDisk disk, string line, StoredPackage package, IReadOnlyList<VerifyingKey> keys)
    {
        string path = SlotStore.PathOf(line, package.ArchiveSha256);
        byte[] archive = DurableFiles.ReadPatiently(disk, path, Math.Min(package.Size, LargestArchive))
            ?? throw new InvalidDataException($"{path} is missing");
        if (Convert.ToHexStringLower(SHA256.HashData(archive)) != package.ArchiveSha256)
        {
            throw new InvalidDataException($"{path} does not have the hash of its archive");
        }

        RuntimeBundle bundle = RuntimeBundle.Read(archive, keys);
        return bundle.Id == package.Digest
            ? bundle
            : throw new InvalidDataException($"{path} holds {bundle.Id.Short} where the pointer names {package.Digest.Short}");
    }

    /// <summary>Which program serves, and which is on trial, in one line.</summary>
    public static string Tell(LineState? state, string installed) => state switch
    {
        { Phase: Activation.Switching or Activation.Soaking, Spare: { } trial } =>
            $"{trial.Version} is on trial; {state.Active?.Version ?? installed} is what it would return to",
        { Active: { } active } => $"{active.Version} serves; {state.Previous?.Version ?? installed} is what it would return to",
        _ => $"{installed}, the installed program, serves",
    };
}
