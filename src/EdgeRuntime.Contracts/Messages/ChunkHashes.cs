using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// The hashes of a package's chunks in JSON: all of them, 32 bytes each, in one base64 text, so that the order of a large package
/// fits a packet. A list of hexadecimal texts is read too: orders were once written so.
/// </summary>
public sealed class ChunkHashes : JsonConverter<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<string> hashes = [];
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                hashes.Add(reader.TokenType == JsonTokenType.String && IsHash(reader.GetString()!)
                    ? reader.GetString()!
                    : throw new JsonException("a hash of a chunk is not 64 lowercase hex digits"));
            }

            return hashes;
        }

        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out byte[]? all) || all.Length % SHA256.HashSizeInBytes != 0)
        {
            throw new JsonException("the hashes of the chunks are not base64 of 32 bytes each");
        }

        for (int at = 0; at < all.Length; at += SHA256.HashSizeInBytes)
        {
            hashes.Add(Convert.ToHexStringLower(all.AsSpan(at, SHA256.HashSizeInBytes)));
        }

        return hashes;
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">A hash is not 64 hexadecimal digits.</exception>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        byte[] all = new byte[value.Count * SHA256.HashSizeInBytes];
        for (int i = 0; i < value.Count; i++)
        {
            Span<byte> hash = all.AsSpan(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
            if (value[i].Length != 2 * hash.Length || Convert.FromHexString(value[i], hash, out _, out _) != OperationStatus.Done)
            {
                throw new JsonException("a hash of a chunk is not 64 hexadecimal digits");
            }
        }

        writer.WriteBase64StringValue(all);
    }

    private static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);
}
