using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Contracts.Json;

/// <summary>
/// Says in a sentence what is wrong with the syntax of a file. The platform's own messages may be stripped from a
/// native binary, and name no remedy.
/// </summary>
internal static class JsonSyntax
{
    /// <summary>Offset of the first byte that is not UTF-8, or -1.</summary>
    public static int FirstInvalidUtf8(ReadOnlySpan<byte> utf8)
    {
        int offset = 0;
        while (offset < utf8.Length)
        {
            if (utf8[offset] < 0x80)
            {
                offset++;
                continue;
            }

            if (Rune.DecodeFromUtf8(utf8[offset..], out _, out int taken) != OperationStatus.Done)
            {
                return offset;
            }

            offset += taken;
        }

        return -1;
    }

    /// <summary>Byte offset of a parser's error.</summary>
    public static int Offset(ReadOnlySpan<byte> utf8, JsonException error)
    {
        int offset = 0;
        for (long line = error.LineNumber ?? 0; line > 0; line--)
        {
            int newline = utf8[offset..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                break;
            }

            offset += newline + 1;
        }

        return (int)Math.Min(offset + (error.BytePositionInLine ?? 0), utf8.Length);
    }

    /// <summary>What is wrong at <paramref name="at"/>.</summary>
    /// <param name="before">The last token that was right.</param>
    /// <param name="depth">Arrays and objects open there.</param>
    public static string Explain(ReadOnlySpan<byte> utf8, int at, JsonTokenType before, int depth)
    {
        if (utf8.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return "the file is empty";
        }

        if (at >= utf8.Length)
        {
            return InText(utf8, at)
                ? "the file ends inside a text; its closing '\"' is missing"
                : "the file ends before its value is complete";
        }

        char here = (char)utf8[at];
        char last = LastBefore(utf8, at);
        bool begins = here is '"' or '{' or '[' or '-' || char.IsAsciiLetterOrDigit(here);
        bool complete = before is JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.String
            or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;
        return here switch
        {
            '/' => "comments are not allowed in JSON",
            '}' or ']' when last == ',' => $"the comma before this '{here}' must go",
            '\'' => "texts and names take double quotes",
            < ' ' => "a text must end on its line; write a line break as \\n",
            _ when depth == 0 && complete => "something follows the end of the file's value",
            _ when complete && begins && last is not (',' or ':' or '{' or '[') => "a comma is missing before this",
            '}' or ']' => $"this '{here}' does not belong here",
            _ when char.IsAsciiLetter(here) && last is '{' or ',' && before is not JsonTokenType.StartArray =>
                "a name in double quotes is expected here",
            _ when begins && last == '"' => "a ':' is missing after the name",
            _ => $"'{Printable(utf8[at..])}' is not valid here; a value is a number, a text in double quotes, true, false, "
                + "null, [ ] or { }",
        };
    }

    private static char LastBefore(ReadOnlySpan<byte> utf8, int at)
    {
        int last = utf8[..at].LastIndexOfAnyExcept(" \t\r\n"u8);
        return last < 0 ? '\0' : (char)utf8[last];
    }

    private static bool InText(ReadOnlySpan<byte> utf8, int at)
    {
        bool inside = false;
        for (int i = 0; i < at; i++)
        {
            if (inside && utf8[i] == '\\')
            {
                i++;
            }
            else if (utf8[i] == '"')
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static string Printable(ReadOnlySpan<byte> utf8)
    {
        Rune.DecodeFromUtf8(utf8, out Rune rune, out _);
        return Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : rune.ToString();
    }
}
