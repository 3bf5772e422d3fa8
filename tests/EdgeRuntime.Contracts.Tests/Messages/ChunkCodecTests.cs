using EdgeRuntime.Contracts.Messages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Messages;

public sealed class ChunkCodecTests
{
    private static readonly ChunkRequest Typical = new(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 5_000_000_000, 32_768, 4, "t-0a1b2c");

    // Written by protobuf 4.21.12 (Python) from the fields of chunk.proto.
    private const string TypicalBytes =
        "0a20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1080e497d0121880800220042a08742d306131623263";

    private const string ZeroOffsetBytes =
        "0a20ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff180120012a0178";

    // Bit-by-bit CRC-32C (reflected polynomial 0x82F63B78, which gives 0xE3069283 for these nine digits alone, as
    // RFC 3720 demands) over offset 65536, length 9 and the payload, computed outside of this program.
    private const string ChunkBytes = "000001000000000009000000ea5b2d9c313233343536373839";

    [Fact]
    public void A_request_is_written_as_protobuf_writes_it()
    {
        byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];

        int written = ChunkCodec.WriteRequest(Typical, bytes);

        Assert.Equal(TypicalBytes, Convert.ToHexStringLower(bytes.AsSpan(0, written)));
    }

    [Fact]
    public void An_offset_of_zero_is_left_out_as_protobuf_leaves_it_out()
    {
        byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];
        ChunkRequest request = new(new string('f', 64), 0, 1, 1, "x");

        int written = ChunkCodec.WriteRequest(request, bytes);

        Assert.Equal(ZeroOffsetBytes, Convert.ToHexStringLower(bytes.AsSpan(0, written)));
        Assert.True(ChunkCodec.TryReadRequest(bytes.AsSpan(0, written), out ChunkRequest read));
        Assert.Equal(request, read);
    }

    [Fact]
    public void A_request_written_by_protobuf_is_read()
    {
        bool valid = ChunkCodec.TryReadRequest(Convert.FromHexString(TypicalBytes), out ChunkRequest request);

        Assert.True(valid);
        Assert.Equal(Typical, request);
    }

    [Fact]
    public void The_largest_request_fits_the_stated_room()
    {
        byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];
        ChunkRequest request = new(
            new string('a', 64), long.MaxValue, ChunkCodec.MaxLength, ChunkCodec.MaxWindow, new string('z', 63));

        int written = ChunkCodec.WriteRequest(request, bytes);

        Assert.True(ChunkCodec.TryReadRequest(bytes.AsSpan(0, written), out ChunkRequest read));
        Assert.Equal(request, read);
    }

    [Theory]
    [InlineData("3001")] // field 6, a varint
    [InlineData("3a03aabbcc")] // field 7, three bytes
    [InlineData("4101020304050607 08")] // field 8, 64 bits
    [InlineData("4d01020304")] // field 9, 32 bits
    public void A_field_of_a_newer_schema_is_skipped(string extra)
    {
        byte[] bytes = Convert.FromHexString(extra.Replace(" ", "", StringComparison.Ordinal) + TypicalBytes);

        Assert.True(ChunkCodec.TryReadRequest(bytes, out ChunkRequest request));
        Assert.Equal(Typical, request);
    }

    [Fact]
    public void No_truncated_request_is_accepted()
    {
        byte[] bytes = Convert.FromHexString(TypicalBytes);

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(ChunkCodec.TryReadRequest(bytes.AsSpan(0, length), out _), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData("short digest", "aa", 0, 1, 1, "t")]
    [InlineData("upper case digest", null, 0, 1, 1, "t")]
    [InlineData("negative offset", "", -1, 1, 1, "t")]
    [InlineData("no length", "", 0, 0, 1, "t")]
    [InlineData("too long", "", 0, ChunkCodec.MaxLength + 1, 1, "t")]
    [InlineData("no window", "", 0, 1, 0, "t")]
    [InlineData("too wide", "", 0, 1, ChunkCodec.MaxWindow + 1, "t")]
    [InlineData("no transfer", "", 0, 1, 1, "")]
    [InlineData("transfer with a level", "", 0, 1, 1, "a/b")]
    public void A_request_out_of_range_is_not_written(
        string what, string? digest, long offset, int length, int window, string transfer)
    {
        string hash = digest switch { null => new string('A', 64), "" => new string('a', 64), _ => digest };
        ChunkRequest request = new(hash, offset, length, window, transfer);

        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => ChunkCodec.WriteRequest(request, new byte[ChunkCodec.MaxRequestBytes]));

        Assert.StartsWith("not a chunk request", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_120)]
    public void No_random_bytes_make_the_reader_throw_or_leave_the_ranges(int seed)
    {
        Random random = new(seed);
        byte[] typical = Convert.FromHexString(TypicalBytes);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = (byte[])typical.Clone();
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (ChunkCodec.TryReadRequest(bytes, out ChunkRequest request))
            {
                Assert.True(
                    request is { Offset: >= 0, Length: >= 1 and <= ChunkCodec.MaxLength, Window: >= 1 and <= ChunkCodec.MaxWindow },
                    $"seed {seed}, round {round}: {request}");
            }
        }
    }

    [Fact]
    public void A_chunk_is_written_with_its_offset_its_length_and_a_checksum_of_both()
    {
        byte[] message = [.. new byte[ChunkCodec.HeaderBytes], .. "123456789"u8];

        ChunkCodec.WriteChunkHeader(message, 65_536);

        Assert.Equal(ChunkBytes, Convert.ToHexStringLower(message));
    }

    [Fact]
    public void A_chunk_is_read_back()
    {
        bool valid = ChunkCodec.TryReadChunk(
            Convert.FromHexString(ChunkBytes), out ChunkHeader header, out ReadOnlySpan<byte> payload);

        Assert.True(valid);
        Assert.Equal(new ChunkHeader(65_536, 9), header);
        Assert.Equal("123456789"u8.ToArray(), payload.ToArray());
    }

    [Fact]
    public void A_chunk_with_any_one_bit_flipped_is_refused()
    {
        byte[] message = Convert.FromHexString(ChunkBytes);

        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ChunkCodec.TryReadChunk(message, out _, out _), $"bit {bit}");
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_header_without_payload_is_no_chunk()
    {
        Assert.False(ChunkCodec.TryReadChunk(new byte[ChunkCodec.HeaderBytes], out _, out _));
        Assert.Throws<ArgumentException>(() => ChunkCodec.WriteChunkHeader(new byte[ChunkCodec.HeaderBytes], 0));
    }
}
