using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Deltas;

/// <summary>Finds the same weights in two packages.</summary>
internal static class TensorPairs
{
    /// <summary>Tensors of the same name, type and shape in models of the same path, in the order of the target archive.</summary>
    public static IReadOnlyList<TensorPair> Of(PackageArchive old, PackageArchive target)
    {
        Dictionary<string, ByteTensor> known = [];
        foreach (ByteTensor tensor in Tensors(old))
        {
            known.TryAdd(tensor.Key, tensor);
        }

        return [.. Tensors(target).Where(tensor => known.GetValueOrDefault(tensor.Key).Length == tensor.Length)
            .Select(tensor => new TensorPair(known[tensor.Key].Offset, tensor.Offset, tensor.Length)).OrderBy(pair => pair.New)];
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
}
