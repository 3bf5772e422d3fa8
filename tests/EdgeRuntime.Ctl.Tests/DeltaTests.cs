using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Ctl.Deltas;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class DeltaTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Every_way_from_one_package_to_another_makes_it_byte_for_byte()
    {
        (PackageArchive old, PackageArchive target) = Pair();

        IReadOnlyList<DeltaCandidate> ways = DeltaCandidates.Of(old.Bytes, target.Bytes, TensorPairs.Of(old, target));

        Assert.Equal(3, ways.Count);
        Assert.All(ways, way => Assert.Equal(target.Bytes.ToArray(), Made(way.Bytes, old.Bytes.ToArray(), target.Bytes.Length)));
    }

    [Fact]
    public void Weights_that_changed_a_little_cost_least_as_differences()
    {
        (PackageArchive old, PackageArchive target) = Pair();

        DeltaCandidate[] ways = [.. DeltaCandidates.Of(old.Bytes, target.Bytes, TensorPairs.Of(old, target))];

        Assert.Equal(DeltaKind.Tensors, ways[0].Kind);
        Assert.True(ways[0].Bytes.Length * 2 < ways[1].Bytes.Length, $"{ways[0].Bytes.Length} against {ways[1].Bytes.Length}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_damaged_delta_or_base_makes_no_more_than_was_signed_for_and_fails_in_one_way(int seed)
    {
        (PackageArchive old, PackageArchive target) = Pair();
        byte[] delta = DeltaCandidates.Of(old.Bytes, target.Bytes, TensorPairs.Of(old, target))[0].Bytes;
        Random random = new(seed);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. delta];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            byte[] basis = old.Bytes.ToArray();
            basis = basis[..random.Next(basis.Length)];
            try
            {
                Assert.True(Made(damaged, basis, target.Bytes.Length).Length <= target.Bytes.Length, $"seed {seed}, turn {i}");
            }
            catch (InvalidDataException)
            {
                // The one way.
            }
        }
    }

    [Fact]
    public void The_verb_shows_every_way_and_writes_the_smallest()
    {
        (PackageArchive old, PackageArchive target) = Pair();

        Outcome shown = _cli.Run("delta", _cli["old.edgepkg"], _cli["new.edgepkg"], "--output", _cli["d"]);

        Assert.Equal(0, shown.Code);
        Assert.Contains("tensors", shown.Output, StringComparison.Ordinal);
        Assert.Equal(target.Bytes.ToArray(), Made(File.ReadAllBytes(_cli["d"]), old.Bytes.ToArray(), target.Bytes.Length));
    }

    // Two packages whose models hold one int8 initializer, [64, 64], of which every tenth element moved by one.
    private (PackageArchive Old, PackageArchive Target) Pair()
    {
        byte[] weights = new byte[4096];
        new Random(7).NextBytes(weights);
        string source = _cli.PackageSource();
        File.WriteAllBytes(Path.Combine(source, "model.onnx"), Model(weights));
        _cli.Run("pack", source, "--no-run", "--output", _cli["old.edgepkg"]);
        for (int i = 0; i < weights.Length; i += 10)
        {
            weights[i]++;
        }

        File.WriteAllBytes(Path.Combine(source, "model.onnx"), Model(weights));
        _cli.Run("pack", source, "--no-run", "--output", _cli["new.edgepkg"]);
        return (DeltaCommand.Open(_cli["old.edgepkg"]), DeltaCommand.Open(_cli["new.edgepkg"]));
    }

    // onnx.proto3: graph 7 { initializer 5 { dims 1, data_type 2 = INT8, name 8, raw_data 9 } }.
    private static byte[] Model(byte[] weights)
    {
        byte[] tensor = [0x08, 64, 0x08, 64, 0x10, 3, 0x42, 1, (byte)'w', 0x4A, 0x80, 0x20, .. weights];
        byte[] graph = [0x2A, .. Varint(tensor.Length), .. tensor];
        return [0x3A, .. Varint(graph.Length), .. graph];
    }

    private static byte[] Varint(int value) => [(byte)(value | 0x80), (byte)(value >> 7)];

    private static byte[] Made(byte[] delta, byte[] basis, int size)
    {
        using DeltaReader reader = new(new MemoryStream(delta), basis.Length, size, (offset, bytes) =>
        {
            int count = (int)Math.Clamp(basis.Length - offset, 0, bytes.Length);
            basis.AsSpan((int)offset, count).CopyTo(bytes);
            return count;
        });
        using MemoryStream made = new();
        byte[] piece = new byte[1000];
        for (int read = reader.Read(piece); read > 0; read = reader.Read(piece))
        {
            made.Write(piece, 0, read);
        }

        return made.ToArray();
    }
}
