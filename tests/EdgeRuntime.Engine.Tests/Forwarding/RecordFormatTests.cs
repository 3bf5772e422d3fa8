using System.Buffers.Binary;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

public sealed class RecordFormatTests
{
    private static readonly string[] Texts = ["one", "two", "three"];

    [Fact]
    public void A_message_comes_back_as_it_was_written()
    {
        StoredMessage written = Message(7, "window/vitals", "{\"a\":1}") with { StandsFor = 12, Sent = true, Qos = 0, ExpirySeconds = 86400 };

        StoredMessage read = Assert.Single(RecordFormat.ReadAll(Bytes(written), out Damage damage));

        Assert.Equal(written with { Payload = default }, read with { Payload = default });
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(read.Payload.Span));
        Assert.Equal(default, damage);
    }

    [Fact]
    public void A_flipped_bit_costs_the_message_it_hit_and_is_counted()
    {
        byte[] log = Bytes(Message(1, "event/a", "one"), Message(2, "event/a", "two"), Message(3, "event/a", "three"));
        for (int bit = 0; bit < log.Length * 8; bit++)
        {
            byte[] spoiled = [.. log];
            spoiled[bit / 8] ^= (byte)(1 << (bit % 8));

            List<StoredMessage> read = RecordFormat.ReadAll(spoiled, out Damage damage);

            Assert.True(read.Count == 2 && damage.Stretches == 1, $"bit {bit}: {read.Count} read, {damage}");
            Assert.All(read, message => Assert.Contains(Encoding.UTF8.GetString(message.Payload.Span), Texts));
        }
    }

    [Fact]
    public void A_log_torn_anywhere_keeps_every_message_before_the_tear()
    {
        byte[] one = Bytes(Message(1, "event/a", "one"));
        byte[] log = [.. one, .. Bytes(Message(2, "event/a", "two"))];
        for (int length = 0; length < log.Length; length++)
        {
            List<StoredMessage> read = RecordFormat.ReadAll(log.AsMemory(0, length), out Damage damage);

            Assert.Equal(length >= one.Length ? 1 : 0, read.Count);
            Assert.Equal(length == 0 || length == one.Length ? 0 : 1, damage.Stretches);
        }
    }

    [Fact]
    public void The_checksum_is_the_one_of_RFC_3720()
    {
        // Appendix B.4 of RFC 3720 gives 0xE3069283 for the nine digits; the record's checksum is then held against the same sums.
        Assert.Equal(0xE3069283u, Crc32C("123456789"u8));
        byte[] log = Bytes(Message(9, "event/a", "text"));

        Assert.Equal(Crc32C([.. log.AsSpan(4, 4), .. log.AsSpan(12)]), BinaryPrimitives.ReadUInt32LittleEndian(log.AsSpan(8)));
    }

    [Theory]
    [InlineData("00000001-00000003.new", true)]
    [InlineData("00000001-00000001.out", true)]
    [InlineData("00000003-00000001.new", false)]
    [InlineData("00000000-00000001.new", false)]
    [InlineData("0000000A-0000000B.new", false)]
    [InlineData("0000001\0-00000003.new", false)]
    [InlineData("00000001-00000003.tmp", false)]
    [InlineData("merged.tmp", false)]
    public void A_segments_name_is_read_or_refused(string text, bool valid)
    {
        Assert.Equal(valid, SegmentName.TryParse(text, out SegmentName name));
        Assert.True(!valid || name.ToString() == text);
    }

    // Bit by bit, as the polynomial is defined.
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static StoredMessage Message(long sequence, string rest, string payload) => new()
    {
        Rest = rest, Boot = new BootId(0xfeed), Sequence = sequence, UnixMs = 1_700_000_000_123, ClockSynchronized = true,
        Payload = Encoding.UTF8.GetBytes(payload),
    };

    private static byte[] Bytes(params StoredMessage[] messages)
    {
        byte[] bytes = new byte[messages.Sum(RecordFormat.SizeOf)];
        int at = 0;
        foreach (StoredMessage message in messages)
        {
            at += RecordFormat.Write(message, bytes.AsSpan(at));
        }

        return bytes;
    }
}
