using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>What a stretch of a log was that could not be read: a torn tail, or bits that flipped.</summary>
/// <param name="Stretches">How many there were.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct Damage(int Stretches, long Bytes)
{
    /// <summary>The sum of both.</summary>
    public static Damage operator +(Damage left, Damage right) => new(left.Stretches + right.Stretches, left.Bytes + right.Bytes);
}

/// <summary>
/// One message as bytes in a log: mark, length, CRC-32C of length and body; the body holds class, identity and payload.
/// All numbers little-endian.
/// </summary>
/// <remarks>
/// <code>
/// 0  mark "EDR1"   4  length of the body   8  CRC-32C of bytes 4 to 7 and of the body
/// 12 class 1 to 3  13 flags: 1 clock synchronized, 2 sent   14 QoS   15 zero   16 messages it stands for
/// 20 boot          28 sequence             36 UTC milliseconds               44 expiry, seconds
/// 48 length of the topic's rest   50 the rest in UTF-8, then the payload
/// </code>
/// A record that does not hold its CRC is skipped up to the next mark, so that damage costs what it hit and no more.
/// </remarks>
public static class RecordFormat
{
    /// <summary>Longest payload, bytes: that of the largest packet.</summary>
    public const int MaxPayload = 128 * 1024;

    /// <summary>Longest rest of a topic, bytes in UTF-8.</summary>
    public const int MaxRest = 512;

    private const uint Mark = 0x31524445; // "EDR1"
    private const int Prefix = 12;
    private const int Fixed = 38;
    private const byte Synchronized = 1;
    private const byte WasSent = 2;

    /// <summary>Bytes of a message in a log.</summary>
    public static int SizeOf(StoredMessage message) => Prefix + Fixed + Encoding.UTF8.GetByteCount(message.Rest) + message.Payload.Length;

    /// <summary>Whether a message can be written at all.</summary>
    public static bool Fits(StoredMessage message) =>
        message.Payload.Length <= MaxPayload && Encoding.UTF8.GetByteCount(message.Rest) <= MaxRest;

    /// <summary>Writes a message.</summary>
    /// <param name="bytes">At least <see cref="SizeOf"/> of them.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(StoredMessage message, Span<byte> bytes)
    {
        int rest = Encoding.UTF8.GetBytes(message.Rest, bytes[(Prefix + Fixed)..]);
        int length = Fixed + rest + message.Payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], length);
        Span<byte> body = bytes.Slice(Prefix, length);
        body[0] = (byte)(1 + (int)RecordClasses.Of(message.Rest));
        body[1] = (byte)((message.ClockSynchronized ? Synchronized : 0) | (message.Sent ? WasSent : 0));
        body[2] = (byte)message.Qos;
        body[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], message.StandsFor);
        BinaryPrimitives.WriteUInt64LittleEndian(body[8..], message.Boot.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[16..], message.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(body[24..], message.UnixMs);
        BinaryPrimitives.WriteInt32LittleEndian(body[32..], message.ExpirySeconds);
        BinaryPrimitives.WriteUInt16LittleEndian(body[36..], (ushort)rest);
        message.Payload.Span.CopyTo(body[(Fixed + rest)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Crc32C.Of(bytes.Slice(4, 4), body));
        return Prefix + length;
    }

    /// <summary>Reads every message of a log that is whole, in order.</summary>
    /// <param name="bytes">Anything at all; payloads are parts of it.</param>
    /// <param name="damage">What was skipped.</param>
    public static List<StoredMessage> ReadAll(ReadOnlyMemory<byte> bytes, out Damage damage)
    {
        List<StoredMessage> messages = [];
        damage = default;
        int at = 0;
        string rest = "";
        while (at < bytes.Length)
        {
            if (TryRead(bytes[at..], rest, out StoredMessage? message, out int length))
            {
                rest = message.Rest;
                messages.Add(message);
                at += length;
                continue;
            }

            int next = NextMark(bytes.Span, at + 1);
            damage += new Damage(1, next - at);
            at = next;
        }

        return messages;
    }

    /// <summary>Puts mark, length and checksum before a body, whatever it holds.</summary>
    internal static byte[] Frame(ReadOnlySpan<byte> body)
    {
        byte[] bytes = new byte[Prefix + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Of(bytes.AsSpan(4, 4), body));
        body.CopyTo(bytes.AsSpan(Prefix));
        return bytes;
    }

    private static bool TryRead(ReadOnlyMemory<byte> bytes, string last, [NotNullWhen(true)] out StoredMessage? message, out int length)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        message = null;
        length = 0;
        if (span.Length < Prefix + Fixed || BinaryPrimitives.ReadUInt32LittleEndian(span) != Mark)
        {
            return false;
        }

        int body = BinaryPrimitives.ReadInt32LittleEndian(span[4..]);
        if (body is < Fixed or > Fixed + MaxRest + MaxPayload || body > span.Length - Prefix
            || BinaryPrimitives.ReadUInt32LittleEndian(span[8..]) != Crc32C.Of(span.Slice(4, 4), span.Slice(Prefix, body)))
        {
            return false;
        }

        message = Body(bytes.Slice(Prefix, body), last);
        length = Prefix + body;
        return message is not null;
    }

    // The checksum held, so this is what somebody wrote; whether that was this program is seen here.
    private static StoredMessage? Body(ReadOnlyMemory<byte> bytes, string last)
    {
        ReadOnlySpan<byte> body = bytes.Span;
        int rest = BinaryPrimitives.ReadUInt16LittleEndian(body[36..]);
        int standsFor = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(body[16..]);
        int expiry = BinaryPrimitives.ReadInt32LittleEndian(body[32..]);
        if (rest > MaxRest || rest > body.Length - Fixed || body.Length - Fixed - rest > MaxPayload
            || (body[1] & ~(Synchronized | WasSent)) != 0 || body[2] > 1 || body[3] != 0
            || standsFor < 1 || sequence < 1 || expiry < 0
            || !TryText(body.Slice(Fixed, rest), last, out string text) || body[0] != 1 + (int)RecordClasses.Of(text))
        {
            return null;
        }

        return new StoredMessage
        {
            Rest = text,
            Boot = new BootId(BinaryPrimitives.ReadUInt64LittleEndian(body[8..])),
            Sequence = sequence,
            UnixMs = BinaryPrimitives.ReadInt64LittleEndian(body[24..]),
            ClockSynchronized = (body[1] & Synchronized) != 0,
            Sent = (body[1] & WasSent) != 0,
            Qos = body[2],
            ExpirySeconds = expiry,
            StandsFor = standsFor,
            Payload = bytes[(Fixed + rest)..],
        };
    }

    // A topic's rest: valid UTF-8, and nothing that no topic may hold. Neighbours mostly have the same, and then share it.
    private static bool TryText(ReadOnlySpan<byte> bytes, string last, out string text)
    {
        text = last;
        if (last.Length == bytes.Length && System.Text.Ascii.Equals(bytes, last) && last.Length > 0)
        {
            return true;
        }

        text = "";
        if (bytes.IsEmpty || !System.Text.Unicode.Utf8.IsValid(bytes) || bytes.ContainsAny((byte)'+', (byte)'#', (byte)0))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static int NextMark(ReadOnlySpan<byte> bytes, int from)
    {
        int found = from < bytes.Length ? bytes[from..].IndexOf("EDR1"u8) : -1;
        return found < 0 ? bytes.Length : from + found;
    }
}
