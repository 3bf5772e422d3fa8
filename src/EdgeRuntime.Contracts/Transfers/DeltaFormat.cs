using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>What a delta was made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeltaKind>))]
public enum DeltaKind
{
    /// <summary>The whole archive, compressed; needs no base.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>What is elsewhere in the base is copied, wherever it moved; the rest is there as it is.</summary>
    [JsonStringEnumMemberName("patch")]
    Patch,

    /// <summary>As a patch, and 8-bit tensors of the same name and shape as their difference element by element.</summary>
    [JsonStringEnumMemberName("tensors")]
    Tensors,
}

/// <summary>Numbers of the form that archives travel in where a device has another one already.</summary>
/// <remarks>
/// <code>
/// 8 bytes   EDGEDLT1
/// varint    bytes of the base; 0 where none is needed
/// varint    bytes of the target
/// the rest  Brotli (RFC 7932) of instructions, which make the target from its first byte to its last:
///           1 length bytes           these bytes
///           2 offset length          those of the base
///           3 offset length bytes    those of the base, to each of which one is added modulo 256
///           0                        the end
/// </code>
/// Integers are LEB128 of at most 10 bytes. An offset is counted from the end of what was last taken from the base, and zigzag
/// encoded. What a delta makes is not believed: the chunks that come of it are held against the hashes of the signed order.
/// </remarks>
internal static class DeltaFormat
{
    public const int End = 0;
    public const int Add = 1;
    public const int Copy = 2;
    public const int Difference = 3;

    /// <summary>Longest integer, bytes.</summary>
    public const int LongestInteger = 10;

    /// <summary>First bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "EDGEDLT1"u8;

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long FromZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
