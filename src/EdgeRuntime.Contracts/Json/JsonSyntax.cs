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

        Context context = Context.At(utf8, at);
        if (at >= utf8.Length)
        {
            return context.InText
                ? "the file ends inside a text; its closing '\"' is missing"
                : "the file ends before its value is complete";
        }

        char here = (char)utf8[at];
        if (context.InText)
        {
            return here < ' '
                ? "a text must end on its line; write a line break as \\n"
                : $"'{Printable(utf8[at..])}' makes no escape; a backslash itself is written \\\\, a character as \\u0041";
        }

        char last = LastBefore(utf8, at);
        bool word = char.IsAsciiLetter(here);
        bool begins = word || char.IsAsciiDigit(here) || here is '"' or '{' or '[' or '-';
        bool complete = before is JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.String
            or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;
        return here switch
        {
            '/' => "comments are not allowed in JSON",
            '}' or ']' when last == ',' => $"the comma before this '{here}' must go",
            '\'' => "texts and names take double quotes",
            _ when depth == 0 && complete => "something follows the end of the file's value",
            _ when last == '"' && context.Container == '{' && context.BeforeText is ('{' or ',') && here != ':' =>
                "a ':' is missing after the name",
            _ when last == '0' && char.IsAsciiDigit(here) => "a number does not begin with a 0 and more digits",
            _ when complete && begins && last is not (',' or ':' or '{' or '[') => "a comma is missing before this",
            _ when context.Container == '{' && last is ('{' or ',') && begins => "a name in double quotes is expected here",
            '}' or ']' when last == ':' => "a value is missing after the ':'",
            '}' or ']' => $"this '{here}' does not belong here",
            ',' => "a value is missing before this comma",
            '+' or '.' => "a number begins with a digit or '-'",
            _ when word => "a text takes double quotes; the only bare words are true, false and null",
            _ => $"'{Printable(utf8[at..])}' is not valid here; a value is a number, a text in double quotes, "
                + "true, false, null, [ ] or { }",
        };
    }

    private static char LastBefore(ReadOnlySpan<byte> utf8, int at)
    {
        int last = utf8[..at].LastIndexOfAnyExcept(" \t\r\n"u8);
        return last < 0 ? '\0' : (char)utf8[last];
    }

    private static string Printable(ReadOnlySpan<byte> utf8)
    {
        Rune.DecodeFromUtf8(utf8, out Rune rune, out _);
        return Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : rune.ToString();
    }

    /// <summary>What surrounds a place of a text that is right up to there.</summary>
    /// <param name="InText">The place is inside a text or name.</param>
    /// <param name="Container">The innermost open bracket, <c>{</c> or <c>[</c>, or NUL.</param>
    /// <param name="BeforeText">The last character before the newest text or name, blanks apart.</param>
    private readonly record struct Context(bool InText, char Container, char BeforeText)
    {
        public static Context At(ReadOnlySpan<byte> utf8, int at)
        {
            Stack<char> open = new();
            bool inText = false;
            char beforeText = '\0';
            for (int i = 0; i < at; i++)
            {
                char c = (char)utf8[i];
                if (inText && c == '\\')
                {
                    i++;
                }
                else if (c == '"')
                {
                    inText = !inText;
                    beforeText = inText ? LastBefore(utf8, i) : beforeText;
                }
                else if (!inText && c is ('{' or '['))
                {
                    open.Push(c);
                }
                else if (!inText && c is ('}' or ']'))
                {
                    open.TryPop(out _);
                }
            }

            return new Context(inText, open.TryPeek(out char container) ? container : '\0', beforeText);
        }
    }
}
