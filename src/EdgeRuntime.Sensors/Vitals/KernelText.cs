using System.Buffers.Text;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>Cuts the kernel's text files into lines, words and numbers without making strings.</summary>
internal static class KernelText
{
    /// <summary>Takes the next line off <paramref name="rest"/>, without its line feed. False at the end.</summary>
    public static bool TryLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        if (rest.IsEmpty)
        {
            line = default;
            return false;
        }

        int end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    /// <summary>Takes the next word off <paramref name="line"/>: what stands between spaces or tabs. Empty at the end.</summary>
    public static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> line)
    {
        int start = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (start < 0)
        {
            line = default;
            return default;
        }

        line = line[start..];
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[end..];
        return word;
    }

    /// <summary>Takes the next word off <paramref name="line"/> and reads it as a counter. False when it is none.</summary>
    public static bool TryCounter(ref ReadOnlySpan<byte> line, out ulong value)
    {
        ReadOnlySpan<byte> word = Word(ref line);
        return Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && used > 0;
    }

    /// <summary>Takes the next <paramref name="values"/>.Length counters; fewer than asked for leave the others 0.</summary>
    /// <returns>How many were there.</returns>
    public static int Counters(ref ReadOnlySpan<byte> line, Span<ulong> values)
    {
        values.Clear();
        int count = 0;
        while (count < values.Length && TryCounter(ref line, out ulong value))
        {
            values[count++] = value;
        }

        return count;
    }

    /// <summary>Reads a decimal number that fills a line, such as a temperature in thousandths. False when there is none.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        ReadOnlySpan<byte> word = Word(ref text);
        word = word.TrimEnd((byte)'\n');
        bool valid = Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && used > 0;
        return valid && double.IsFinite(value);
    }
}
