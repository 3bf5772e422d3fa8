using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Engine.Models;

/// <summary>The form of a line's pointer file: <c>{"format":1,"sha256":"…","state":{…}}</c>.</summary>
/// <remarks>
/// The hash covers the bytes of <c>state</c> as they stand, so that a flipped bit is seen and never obeyed.
/// </remarks>
public static class PointerFile
{
    /// <summary>The format this program writes, and the newest it reads.</summary>
    public const int Format = 1;

    /// <summary>Longest file, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Writes a state.</summary>
    public static byte[] Encode(LineState state)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(state, PointerJson.Default.LineState);
        string hash = Convert.ToHexStringLower(SHA256.HashData(body));
        return [.. Encoding.ASCII.GetBytes($$"""{"format":{{Format}},"sha256":"{{hash}}","state":"""), .. body, (byte)'}'];
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a whole and consistent pointer file of a known
    /// format.</exception>
    public static LineState Decode(ReadOnlyMemory<byte> file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(file);
            JsonElement root = json.RootElement;
            int format = root.GetProperty("format"u8).GetInt32();
            if (format is < 1 or > Format)
            {
                throw new InvalidDataException($"it has format {format}; this program reads up to {Format}");
            }

            JsonElement body = root.GetProperty("state"u8);
            string hash = Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(body)));
            if (hash != root.GetProperty("sha256"u8).GetString())
            {
                throw new InvalidDataException("its content does not have the hash it states");
            }

            LineState state = body.Deserialize(PointerJson.Default.LineState)
                ?? throw new InvalidDataException("it holds no state");
            return state.Contradiction() is { } contradiction
                ? throw new InvalidDataException($"it says {contradiction}")
                : state;
        }
        catch (Exception broken) when (broken
            is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or NotSupportedException) // an object that does not say which of its kinds it is
        {
            throw new InvalidDataException("it is not a whole JSON object of the expected form", broken);
        }
    }
}

/// <summary>How the pointer file spells a state.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LineState))]
internal sealed partial class PointerJson : JsonSerializerContext;
