using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class MetadataSlicesTests
{
    private static readonly byte[] Long = Message(MetadataSlices.SliceBytes * 3);

    private readonly MetadataSlices _slices = new();

    [Fact]
    public void A_short_message_goes_as_it_is_and_every_part_of_a_long_one_fits_a_packet()
    {
        byte[] small = Message(100);

        Assert.Same(small, Assert.Single(MetadataSlices.Cut(small)));
        Assert.All(MetadataSlices.Cut(Long), part => Assert.InRange(part.Length, 1, LinkPacket.BytesMax - 4096));
    }

    [Fact]
    public void Parts_that_come_in_any_order_and_twice_make_the_message()
    {
        MetadataSlice[] parts = [.. Parts(Long)];
        Assert.True(parts.Length > 3);
        byte[]? whole = null;
        foreach (MetadataSlice part in (MetadataSlice[])[parts[^1], .. parts.Skip(1).Reverse(), parts[0]])
        {
            Assert.Null(whole);
            Assert.Null(_slices.Add(part, out whole));
        }

        Assert.Equal(Long, whole);
    }

    [Fact]
    public void Parts_of_another_message_begin_anew_and_a_changed_part_is_refused_at_the_end()
    {
        MetadataSlice[] parts = [.. Parts(Long)];
        MetadataSlice[] others = [.. Parts(Message(MetadataSlices.SliceBytes * 2))];
        Assert.Null(_slices.Add(others[0], out _));
        foreach (MetadataSlice part in parts[..^1])
        {
            Assert.Null(_slices.Add(part, out byte[]? early));
            Assert.Null(early);
        }

        Assert.Equal("its parts do not belong together", _slices.Add(parts[^1] with { Bytes = [1] }, out byte[]? whole));
        Assert.Null(whole);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(-1, 2, 1)]
    [InlineData(0, 100_000, 1)]
    [InlineData(0, 1, MetadataSlices.SliceBytes + 1)]
    [InlineData(0, 1, 0)]
    public void A_part_that_cannot_be_is_refused_before_anything_is_kept_for_it(int index, int count, int bytes)
    {
        string? objection = _slices.Add(new MetadataSlice("", index, count, new byte[bytes]), out _);

        Assert.StartsWith($"part {index} of {count} with {bytes} bytes cannot be", objection, StringComparison.Ordinal);
    }

    private static IEnumerable<MetadataSlice> Parts(byte[] message) =>
        MetadataSlices.Cut(message).Select(part => JsonSerializer.Deserialize(part, WireJson.Default.MetadataMessage)!.Slice!);

    private static byte[] Message(int bytes)
    {
        byte[] file = new byte[bytes];
        new Random(bytes).NextBytes(file);
        return JsonSerializer.SerializeToUtf8Bytes(
            new MetadataMessage { Files = new Dictionary<string, byte[]> { ["1.targets.json"] = file } }, WireJson.Default.MetadataMessage);
    }
}
