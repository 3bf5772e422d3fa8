using System.Security.Cryptography;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>One way to make an archive from another.</summary>
public sealed record DeltaCandidate(DeltaKind Kind, byte[] Bytes);

/// <summary>The same weights in two archives.</summary>
/// <param name="Old">Where they begin in the old one.</param>
/// <param name="New">Where they begin in the new one.</param>
/// <param name="Length">Bytes, one a weight.</param>
public readonly record struct TensorPair(int Old, int New, int Length);

/// <summary>Makes every kind of delta between two archives, so that the smallest is chosen by its bytes and by nothing else.</summary>
public static class DeltaCandidates
{
    /// <summary>Each kind once, the smallest first.</summary>
    /// <param name="tensors">In the order of the new archive; null where weights are not told apart, and then no delta is of that kind.</param>
    public static IReadOnlyList<DeltaCandidate> Of(ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> target, IReadOnlyList<TensorPair>? tensors)
    {
        BlockMatcher matcher = new(old);
        List<DeltaCandidate> all = [new(DeltaKind.Full, Full(target.Span)), new(DeltaKind.Patch, Patch(matcher, old.Span, target.Span, []))];
        if (tensors is not null)
        {
            all.Add(new(DeltaKind.Tensors, Patch(matcher, old.Span, target.Span, tensors)));
        }

        return [.. all.OrderBy(candidate => candidate.Bytes.Length)];
    }

    /// <summary>What an order says of a delta.</summary>
    /// <param name="baseSha256">Hash of the archive that it starts from, lowercase hex.</param>
    public static DeltaReference Reference(DeltaCandidate delta, string baseSha256)
    {
        int chunkBytes = PackageReference.ChunkBytesFor(delta.Bytes.Length);
        return new DeltaReference
        {
            Kind = delta.Kind,
            BaseSha256 = delta.Kind == DeltaKind.Full ? "" : baseSha256,
            Size = delta.Bytes.Length,
            Sha256 = Hash(delta.Bytes),
            ChunkBytes = chunkBytes,
            ChunkSha256 = [.. delta.Bytes.Chunk(chunkBytes).Select(Hash)],
        };
    }

    private static byte[] Full(ReadOnlySpan<byte> target)
    {
        using DeltaWriter delta = new(0, target.Length);
        delta.Add(target);
        return delta.ToArray();
    }

    private static byte[] Patch(
        BlockMatcher matcher, ReadOnlySpan<byte> old, ReadOnlySpan<byte> bytes, IReadOnlyList<TensorPair> tensors)
    {
        using DeltaWriter delta = new(old.Length, bytes.Length);
        int written = 0;
        foreach (TensorPair pair in tensors)
        {
            matcher.Write(bytes, written, pair.New, delta);
            ReadOnlySpan<byte> values = bytes.Slice(pair.New, pair.Length);
            ReadOnlySpan<byte> basis = old.Slice(pair.Old, pair.Length);
            if (values.SequenceEqual(basis))
            {
                delta.Copy(pair.Old, pair.Length);
            }
            else
            {
                delta.Difference(pair.Old, values, basis);
            }

            written = pair.New + pair.Length;
        }

        matcher.Write(bytes, written, bytes.Length, delta);
        return delta.ToArray();
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
