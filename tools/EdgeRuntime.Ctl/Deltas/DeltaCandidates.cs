using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Deltas;

/// <summary>One way to make a package from another.</summary>
internal sealed record DeltaCandidate(DeltaKind Kind, byte[] Bytes);

/// <summary>Makes every kind of delta between two packages, so that the smallest is chosen by its bytes and by nothing else.</summary>
internal static class DeltaCandidates
{
    /// <summary>Each kind once, the smallest first.</summary>
    public static IReadOnlyList<DeltaCandidate> Of(PackageArchive old, PackageArchive target)
    {
        BlockMatcher matcher = new(old.Bytes);
        DeltaCandidate[] all =
        [
            new(DeltaKind.Full, Full(target)),
            new(DeltaKind.Patch, Patch(matcher, old, target, [])),
            new(DeltaKind.Tensors, Patch(matcher, old, target, Common(old, target))),
        ];
        return [.. all.OrderBy(candidate => candidate.Bytes.Length)];
    }

    /// <summary>What an order says of a delta.</summary>
    public static DeltaReference Reference(DeltaCandidate delta, PackageReference old)
    {
        int chunkBytes = PackageReference.ChunkBytesFor(delta.Bytes.Length);
        return new DeltaReference
        {
            Kind = delta.Kind,
            BaseSha256 = delta.Kind == DeltaKind.Full ? "" : old.ArchiveSha256,
            Size = delta.Bytes.Length,
            Sha256 = Hash(delta.Bytes),
            ChunkBytes = chunkBytes,
            ChunkSha256 = [.. delta.Bytes.Chunk(chunkBytes).Select(Hash)],
        };
    }

    private static byte[] Full(PackageArchive target)
    {
        using DeltaWriter delta = new(0, target.Bytes.Length);
        delta.Add(target.Bytes.Span);
        return delta.ToArray();
    }

    private static byte[] Patch(
        BlockMatcher matcher, PackageArchive old, PackageArchive target, IReadOnlyList<(ByteTensor Old, ByteTensor New)> tensors)
    {
        using DeltaWriter delta = new(old.Bytes.Length, target.Bytes.Length);
        ReadOnlySpan<byte> bytes = target.Bytes.Span;
        int written = 0;
        foreach ((ByteTensor before, ByteTensor now) in tensors)
        {
            matcher.Write(bytes, written, now.Offset, delta);
            ReadOnlySpan<byte> values = bytes.Slice(now.Offset, now.Length);
            ReadOnlySpan<byte> basis = old.Bytes.Span.Slice(before.Offset, before.Length);
            if (values.SequenceEqual(basis))
            {
                delta.Copy(before.Offset, before.Length);
            }
            else
            {
                delta.Difference(before.Offset, values, basis);
            }

            written = now.Offset + now.Length;
        }

        matcher.Write(bytes, written, bytes.Length, delta);
        return delta.ToArray();
    }

    // Tensors of the same name, type and shape in models of the same path, in the order of the target archive.
    private static List<(ByteTensor Old, ByteTensor New)> Common(PackageArchive old, PackageArchive target)
    {
        Dictionary<string, ByteTensor> known = [];
        foreach (ByteTensor tensor in Tensors(old))
        {
            known.TryAdd(tensor.Key, tensor);
        }

        return [.. Tensors(target).Where(tensor => known.GetValueOrDefault(tensor.Key).Length == tensor.Length)
            .Select(tensor => (known[tensor.Key], tensor)).OrderBy(pair => pair.tensor.Offset)];
    }

    private static IEnumerable<ByteTensor> Tensors(PackageArchive package)
    {
        foreach (PackageFile file in package.Files.Where(file => file.Path.EndsWith(".onnx", StringComparison.Ordinal)))
        {
            int start = OffsetOf(file.Content) - OffsetOf(package.Bytes);
            foreach (ByteTensor tensor in ByteTensors.Find(file.Content.Span))
            {
                yield return tensor with { Key = $"{file.Path} {tensor.Key}", Offset = start + tensor.Offset };
            }
        }
    }

    // Files of an archive are parts of its memory.
    private static int OffsetOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> part) ? part.Offset : throw new InvalidOperationException("not an array");

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
