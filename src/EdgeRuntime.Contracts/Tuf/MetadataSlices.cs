using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// A <see cref="MetadataMessage"/> that is longer than a packet of the link, in parts: cut where it is sent, and put together where it
/// arrives, in whatever order the parts come. Not thread-safe.
/// </summary>
public sealed class MetadataSlices
{
    /// <summary>Bytes of a part: as base64 in JSON it fits the smallest packet that a broker is likely to take, 72 KiB.</summary>
    public const int SliceBytes = 48 * 1024;

    private const int MostSlices = (MetadataMessage.LongestBytes + SliceBytes - 1) / SliceBytes;

    private byte[]?[] _parts = [];
    private string _set = "";

    /// <summary>Cuts a message that is too long.</summary>
    /// <param name="message">A <see cref="MetadataMessage"/> as JSON.</param>
    /// <returns>It alone, or the parts, each a <see cref="MetadataMessage"/> as JSON.</returns>
    public static IReadOnlyList<byte[]> Cut(byte[] message)
    {
        if (message.Length <= SliceBytes)
        {
            return [message];
        }

        string set = Convert.ToHexStringLower(SHA256.HashData(message));
        byte[][] parts = [.. message.Chunk(SliceBytes)];
        return [.. parts.Select((part, i) => JsonSerializer.SerializeToUtf8Bytes(
            new MetadataMessage { Slice = new MetadataSlice(set, i, parts.Length, part) }, WireJson.Default.MetadataMessage))];
    }

    /// <summary>Takes a part. One of another message than the last begins anew, so that at most one is kept.</summary>
    /// <param name="whole">The message, once all of it is here; else null.</param>
    /// <returns>Why it cannot be one, or null.</returns>
    public string? Add(MetadataSlice slice, out byte[]? whole)
    {
        whole = null;
        if (slice.Count is < 1 or > MostSlices || slice.Index < 0 || slice.Index >= slice.Count || slice.Bytes is not { Length: > 0 and <= SliceBytes })
        {
            return $"part {slice.Index} of {slice.Count} with {slice.Bytes?.Length ?? 0} bytes cannot be; up to {MostSlices} of 1 to {SliceBytes} are taken";
        }

        if (slice.Set != _set || slice.Count != _parts.Length)
        {
            (_set, _parts) = (slice.Set, new byte[]?[slice.Count]);
        }

        _parts[slice.Index] = slice.Bytes;
        if (_parts.Any(part => part is null))
        {
            return null;
        }

        byte[] bytes = [.. _parts.SelectMany(part => part!)];
        string set = _set;
        (_set, _parts) = ("", []);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != set)
        {
            return "its parts do not belong together";
        }

        whole = bytes;
        return null;
    }
}
