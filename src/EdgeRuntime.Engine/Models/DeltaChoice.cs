using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The shortest of an order's deltas that starts from what is here.</summary>
/// <param name="Delta">What is fetched.</param>
/// <param name="BasePath">The archive it starts from, or null where it needs none.</param>
/// <param name="BaseSize">Its bytes; 0 for none.</param>
internal sealed record DeltaChoice(DeltaReference Delta, string? BasePath, long BaseSize)
{
    /// <summary>Chooses; null where the archive itself is the shortest way.</summary>
    public static DeltaChoice? Of(PackageReference package, SlotStore store)
    {
        foreach (DeltaReference delta in package.Deltas.Take(PackageReference.MostDeltas).Where(delta => delta is not null).OrderBy(delta => delta.Size))
        {
            bool isOpen = package.Encryption is null == delta.CiphertextSha256 is null;
            if (isOpen && delta.Size < package.Size && delta.ChunkSha256 is not null
                && ChunkDownload.Objection(delta.AsArchive(package), package.Size) is null && BaseOf(delta, store) is { } choice)
            {
                return choice;
            }
        }

        return null;
    }

    private static DeltaChoice? BaseOf(DeltaReference delta, SlotStore store)
    {
        if (delta.BaseSha256.Length == 0)
        {
            return new DeltaChoice(delta, null, 0);
        }

        foreach (Slot slot in (Slot[])[Slot.A, Slot.B])
        {
            if (store.State[slot] is { } stored && stored.ArchiveSha256 == delta.BaseSha256)
            {
                return new DeltaChoice(delta, store.PathOf(slot), stored.Size);
            }
        }

        return null;
    }
}
