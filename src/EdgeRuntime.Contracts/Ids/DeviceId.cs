using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Ids;

/// <summary>Names one device on the wire: 1 to 63 of <c>a-z 0-9 -</c>. It is also the MQTT client id and user name.</summary>
/// <remarks>A whole topic level, so that one broker rule (<c>edge/v1/%u/up/#</c>) serves the fleet.</remarks>
[JsonConverter(typeof(WireForm))]
public readonly record struct DeviceId
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly string? _text;

    private DeviceId(string text) => _text = text;

    /// <summary>Reads an id. False when <paramref name="text"/> is empty, too long or holds another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeviceId id)
    {
        bool valid = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        id = valid ? new DeviceId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id that must be right.</summary>
    /// <exception cref="FormatException">The text is not a device id.</exception>
    public static DeviceId Parse(string text) => TryParse(text, out DeviceId id)
        ? id
        : throw new FormatException($"'{text}' is not a device id: use 1 to {MaxLength} of a-z, 0-9 and '-'");

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    /// <summary>On the wire an id is its text. Public: the JSON generators of other projects must see it.</summary>
    public sealed class WireForm : JsonConverter<DeviceId>
    {
        /// <inheritdoc/>
        public override DeviceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out DeviceId id) ? id : throw new JsonException("not a device id");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, DeviceId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
