using System.Buffers;
using System.Text;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// The one way to write a JSON value that signatures cover: OLPC's canonical JSON, as the TUF specification asks for.
/// </summary>
/// <remarks>
/// No blanks; members in the order of their names' bytes; in texts only <c>"</c> and <c>\</c> are escaped, everything
/// else stands as UTF-8; numbers are whole.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>Encodes a value, or returns null and notes every number that has no canonical form.</summary>
    public static byte[]? Encode(JsonValue value, Mistakes mistakes)
    {
        int before = mistakes.Found;
        ArrayBufferWriter<byte> output = new();
        Write(value, output, mistakes);
        return mistakes.Found == before ? output.WrittenSpan.ToArray() : null;
    }

    private static void Write(JsonValue value, ArrayBufferWriter<byte> output, Mistakes mistakes)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                WriteObject(value, output, mistakes);
                break;
            case JsonKind.Array:
                output.Write("["u8);
                for (int i = 0; i < value.Items.Count; i++)
                {
                    output.Write(i > 0 ? ","u8 : default);
                    Write(value.Items[i], output, mistakes);
                }

                output.Write("]"u8);
                break;
            case JsonKind.Text:
                WriteText(Encoding.UTF8.GetBytes(value.Text), output);
                break;
            case JsonKind.Number:
                WriteNumber(value, output, mistakes);
                break;
            default:
                output.Write(value.Kind == JsonKind.Null ? "null"u8 : Encoding.ASCII.GetBytes(value.Text));
                break;
        }
    }

    private static void WriteObject(JsonValue value, ArrayBufferWriter<byte> output, Mistakes mistakes)
    {
        // UTF-8 sorts as the characters' numbers do; the platform's ordinal order, by UTF-16 units, does not.
        (byte[] Name, JsonValue Value)[] members =
            [.. value.Members.Select(member => (Encoding.UTF8.GetBytes(member.Name), member.Value))];
        Array.Sort(members, static (left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        output.Write("{"u8);
        for (int i = 0; i < members.Length; i++)
        {
            output.Write(i > 0 ? ","u8 : default);
            WriteText(members[i].Name, output);
            output.Write(":"u8);
            Write(members[i].Value, output, mistakes);
        }

        output.Write("}"u8);
    }

    private static void WriteText(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (utf8.IndexOfAny((byte)'"', (byte)'\\') is int at and >= 0)
        {
            output.Write(utf8[..at]);
            output.Write("\\"u8);
            output.Write(utf8.Slice(at, 1));
            utf8 = utf8[(at + 1)..];
        }

        output.Write(utf8);
        output.Write("\""u8);
    }

    private static void WriteNumber(JsonValue value, ArrayBufferWriter<byte> output, Mistakes mistakes)
    {
        if (value.Text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            mistakes.Add(value, "", $"{value.Described} is not whole, so there is no one way to write it under a signature");
            return;
        }

        output.Write(value.Text == "-0" ? "0"u8 : Encoding.ASCII.GetBytes(value.Text));
    }
}
