using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EdgeRuntime.Contracts.Protobuf;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>A device's wish for consecutive pieces of one archive; <c>Protos/chunk.proto</c> is the schema.</summary>
/// <remarks>Topic <c>{id}/up/chunk/get</c>, QoS 0, not retained, expires after 30 s.</remarks>
/// <param name="ArchiveSha256">SHA-256 of the archive, lowercase hex.</param>
/// <param name="Offset">First byte wanted; at least 0.</param>
/// <param name="Length">Bytes of each chunk; 1 to <see cref="ChunkCodec.MaxLength"/>.</param>
/// <param name="Window">Consecutive chunks wanted; 1 to <see cref="ChunkCodec.MaxWindow"/>.</param>
/// <param name="Transfer">Last level of the topic the chunks come on: 1 to 63 of <c>a-z 0-9 -</c>.</param>
public readonly record struct ChunkRequest(string ArchiveSha256, long Offset, int Length, int Window, string Transfer);

/// <summary>One chunk as it arrived: where its bytes belong. The bytes themselves follow the header.</summary>
/// <param name="Offset">Place of the first byte in the archive.</param>
/// <param name="Length">Bytes that follow.</param>
public readonly record struct ChunkHeader(long Offset, int Length);

/// <summary>Bytes of the chunk topics: requests as protobuf, chunks as a 16-byte header before raw bytes.</summary>
/// <remarks>
/// Header, little endian: u64 offset, u32 payload length, u32 CRC-32C of the 12 bytes before it and of the payload.
/// The CRC only spares a device the work of hashing what a broken relay mangled; trust comes from the chunk's SHA-256
/// in the signed order. Writing and reading a chunk, and writing a request, allocate no managed memory.
/// </remarks>
public static class ChunkCodec
{
    /// <summary>Bytes before the payload of a chunk.</summary>
    public const int HeaderBytes = 16;

    /// <summary>Longest chunk, bytes; leaves room for topic and properties within a packet of 128 KiB.</summary>
    public const int MaxLength = 120 * 1024;

    /// <summary>Most chunks one request may ask for.</summary>
    public const int MaxWindow = 64;

    /// <summary>Enough room for any request.</summary>
    public const int MaxRequestBytes = 2 + DigestBytes + 1 + 10 + 1 + 5 + 1 + 5 + 2 + MaxTransferLength;

    /// <summary>Last part of the topic a device asks on.</summary>
    public const string RequestTopic = "chunk/get";

    /// <summary>Start of the last part of the topic chunks come on; the transfer's name follows.</summary>
    public const string ChunkTopicPrefix = "chunk/";

    private const int DigestBytes = 32;
    private const int MaxTransferLength = 63;
    private const int CheckedHeaderBytes = 12;

    private static readonly SearchValues<char> TransferCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> HexCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>Writes a request.</summary>
    /// <param name="request">Within the ranges its docstring states.</param>
    /// <param name="destination">At least <see cref="MaxRequestBytes"/>.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">A field is out of its range, or the destination too short.</exception>
    public static int WriteRequest(in ChunkRequest request, Span<byte> destination)
    {
        if (!IsValid(request))
        {
            throw new ArgumentException($"not a chunk request: {request}", nameof(request));
        }

        if (destination.Length < MaxRequestBytes)
        {
            throw new ArgumentException($"{destination.Length} bytes are less than {MaxRequestBytes}", nameof(destination));
        }

        int at = 0;
        at += ProtoWire.WriteVarint(destination[at..], ProtoWire.Tag(1, WireType.Bytes));
        at += ProtoWire.WriteVarint(destination[at..], DigestBytes);
        Convert.FromHexString(request.ArchiveSha256, destination.Slice(at, DigestBytes), out _, out int digestBytes);
        at += digestBytes;
        // Proto3 leaves out a field that holds its default; only the offset can.
        at += request.Offset == 0 ? 0 : WriteNumber(destination[at..], 2, (ulong)request.Offset);
        at += WriteNumber(destination[at..], 3, (ulong)request.Length);
        at += WriteNumber(destination[at..], 4, (ulong)request.Window);
        at += ProtoWire.WriteVarint(destination[at..], ProtoWire.Tag(5, WireType.Bytes));
        at += ProtoWire.WriteVarint(destination[at..], (ulong)request.Transfer.Length);
        at += Encoding.ASCII.GetBytes(request.Transfer, destination[at..]);
        return at;
    }

    /// <summary>Reads a request. Fields it does not know are skipped.</summary>
    /// <returns>False when the bytes are not a request, or a field is missing or out of its range.</returns>
    public static bool TryReadRequest(ReadOnlySpan<byte> bytes, out ChunkRequest request)
    {
        request = default;
        string digest = "";
        string transfer = "";
        ulong offset = 0;
        ulong length = 0;
        ulong window = 0;
        while (!bytes.IsEmpty)
        {
            if (!ProtoWire.TryReadVarint(ref bytes, out ulong tag))
            {
                return false;
            }

            switch ((tag >> 3, (WireType)(tag & 7)))
            {
                case (1, WireType.Bytes):
                    if (!ProtoWire.TryReadBytes(ref bytes, out ReadOnlySpan<byte> hash))
                    {
                        return false;
                    }

                    digest = hash.Length == DigestBytes ? Convert.ToHexStringLower(hash) : "";
                    break;
                case (5, WireType.Bytes):
                    if (!ProtoWire.TryReadBytes(ref bytes, out ReadOnlySpan<byte> name) || name.Length > MaxTransferLength)
                    {
                        return false;
                    }

                    transfer = Encoding.ASCII.GetString(name);
                    break;
                case (2, WireType.Varint) when ProtoWire.TryReadVarint(ref bytes, out offset):
                case (3, WireType.Varint) when ProtoWire.TryReadVarint(ref bytes, out length):
                case (4, WireType.Varint) when ProtoWire.TryReadVarint(ref bytes, out window):
                    break;
                case (2 or 3 or 4, WireType.Varint):
                    return false;
                case (0, _):
                    return false;
                case (_, WireType wire):
                    if (!ProtoWire.TrySkip(ref bytes, wire))
                    {
                        return false;
                    }

                    break;
            }
        }

        if (offset > long.MaxValue || length > MaxLength || window > MaxWindow)
        {
            return false;
        }

        request = new ChunkRequest(digest, (long)offset, (int)length, (int)window, transfer);
        return IsValid(request);
    }

    /// <summary>Writes the header of the chunk whose payload already stands behind it.</summary>
    /// <param name="message">Header and payload: the first <see cref="HeaderBytes"/> are overwritten.</param>
    /// <param name="offset">Place of the first payload byte in the archive; at least 0.</param>
    /// <exception cref="ArgumentException">The message holds no payload, or more than <see cref="MaxLength"/>.</exception>
    public static void WriteChunkHeader(Span<byte> message, long offset)
    {
        int length = message.Length - HeaderBytes;
        if (length is < 1 or > MaxLength || offset < 0)
        {
            throw new ArgumentException($"a chunk of {length} bytes at {offset} cannot be sent", nameof(message));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(message, (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(message[CheckedHeaderBytes..], Checksum(message));
    }

    /// <summary>Reads one chunk.</summary>
    /// <param name="message">A whole payload of the chunk topic.</param>
    /// <param name="payload">The chunk's bytes, within <paramref name="message"/>.</param>
    /// <returns>False when the message is not a chunk, or its bytes changed on the way.</returns>
    public static bool TryReadChunk(ReadOnlySpan<byte> message, out ChunkHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (message.Length is <= HeaderBytes or > HeaderBytes + MaxLength)
        {
            return false;
        }

        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(message);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(message[CheckedHeaderBytes..]);
        if (offset > long.MaxValue || length != message.Length - HeaderBytes || checksum != Checksum(message))
        {
            return false;
        }

        header = new ChunkHeader((long)offset, (int)length);
        payload = message[HeaderBytes..];
        return true;
    }

    // The header's first 12 bytes are covered too: right bytes at a wrong offset are wrong bytes.
    private static uint Checksum(ReadOnlySpan<byte> message) => Crc32C.Of(message[..CheckedHeaderBytes], message[HeaderBytes..]);

    private static bool IsValid(in ChunkRequest request) =>
        request.ArchiveSha256 is { Length: 2 * DigestBytes } digest
        && !digest.AsSpan().ContainsAnyExcept(HexCharacters)
        && request.Offset >= 0
        && request.Length is >= 1 and <= MaxLength
        && request.Window is >= 1 and <= MaxWindow
        && request.Transfer is { Length: >= 1 and <= MaxTransferLength } transfer
        && !transfer.AsSpan().ContainsAnyExcept(TransferCharacters);

    private static int WriteNumber(Span<byte> destination, int field, ulong value)
    {
        int tag = ProtoWire.WriteVarint(destination, ProtoWire.Tag(field, WireType.Varint));
        return tag + ProtoWire.WriteVarint(destination[tag..], value);
    }
}
