namespace EdgeRuntime.Contracts.Messages;

/// <summary>FNV-1a with 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): the same number for the same bytes everywhere. No protection against forgers.</summary>
internal static class Fnv1a
{
    /// <summary>The hash of no bytes.</summary>
    public const ulong Basis = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    /// <summary>The hash once these bytes are added to it.</summary>
    public static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        return hash;
    }
}
