using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Ids;

/// <summary>Names one run of a device process: 64 random bits, drawn at start, written as 16 hex digits.</summary>
/// <remarks>Sequence numbers count from 1 within a boot, so (boot, class, sequence) names a message for ever.</remarks>
[JsonConverter(typeof(WireForm))]
public readonly record struct BootId(ulong Value)
{
    private const int HexLength = 16;

    /// <summary>Draws an id from <paramref name="random"/>, so that a simulated device can be replayed from its seed.</summary>
    public static BootId Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new((ulong)random.NextInt64(long.MinValue, long.MaxValue));
    }

    /// <summary>Reads an id. False when <paramref name="text"/> is not 16 lowercase hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BootId id)
    {
        ulong value = 0;
        bool valid = text is { Length: HexLength }
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        id = new BootId(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>On the wire an id is its hex string. Public: the JSON generators of other projects must see it.</summary>
    public sealed class WireForm : JsonConverter<BootId>
    {
        /// <inheritdoc/>
        public override BootId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out BootId id) ? id : throw new JsonException("not a boot id");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, BootId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
