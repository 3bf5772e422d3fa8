using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What makes one archive of another; it came under a signed hash, and is read as if it had not.</summary>
internal static class Deltas
{
    private const int TargetBytes = 3000;

    private static readonly byte[] Base = Bytes(1, 2000);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "delta",
            About = "a delta: head, Brotli, instructions",
            Run = Make,
            Refuses = e => e is InvalidDataException,
            Seeds = Seeds,
            Mutations = [ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
    ];

    private static bool Make(byte[] bytes)
    {
        using DeltaReader delta = new(new MemoryStream(bytes), Base.Length, TargetBytes, (offset, wanted) =>
        {
            Promise.Require(offset >= 0 && offset + wanted.Length <= Base.Length, "bytes outside the base were asked for");
            Base.AsSpan((int)offset, wanted.Length).CopyTo(wanted);
            return wanted.Length;
        });
        byte[] piece = new byte[500];
        int made = 0;
        for (int read = delta.Read(piece); read > 0; read = delta.Read(piece))
        {
            made += read;
            Promise.Require(made <= TargetBytes, "more was made than the order allows");
        }

        Promise.Require(made == TargetBytes, "it ended early and was accepted");
        return true;
    }

    private static IEnumerable<byte[]> Seeds()
    {
        byte[] changed = [.. Base[..1000].Select(value => (byte)(value + 1))];
        yield return Written(Base.Length, delta =>
        {
            delta.Copy(500, 1500);
            delta.Difference(0, changed, Base.AsSpan(0, 1000));
            delta.Add(Bytes(2, 500));
        });
        yield return Written(0, delta => delta.Add(Bytes(3, TargetBytes)));
    }

    private static byte[] Written(int baseBytes, Action<DeltaWriter> write)
    {
        using DeltaWriter delta = new(baseBytes, TargetBytes);
        write(delta);
        return delta.ToArray();
    }

    private static byte[] Bytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
