using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Ids;

/// <summary>Names one immutable model package: the lowercase hex SHA-256 of its <c>manifest.json</c>.</summary>
/// <remarks>
/// Content-addressed on purpose: the manifest holds the hash of every other file, so two devices that report the same
/// id run the same bytes, and a package pushed again is recognised as installed.
/// </remarks>
[JsonConverter(typeof(WireForm))]
public readonly record struct ModelId
{
    private const int HexLength = 64;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly string? _hex;

    private ModelId(string hex) => _hex = hex;

    /// <summary>The first 12 digits, for people.</summary>
    public string Short => _hex is null ? "" : _hex[..12];

    /// <summary>Computes the id of a package from the exact bytes of its manifest.</summary>
    public static ModelId Of(ReadOnlySpan<byte> manifest) => new(Convert.ToHexStringLower(SHA256.HashData(manifest)));

    /// <summary>Reads an id. False when <paramref name="text"/> is not 64 lowercase hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ModelId id)
    {
        bool valid = text is { Length: HexLength } && !text.AsSpan().ContainsAnyExcept(Hex);
        id = valid ? new ModelId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _hex ?? "";

    /// <summary>On the wire an id is its hex string. Public: the JSON generators of other projects must see it.</summary>
    public sealed class WireForm : JsonConverter<ModelId>
    {
        /// <inheritdoc/>
        public override ModelId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out ModelId id) ? id : throw new JsonException("not a model id");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, ModelId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
