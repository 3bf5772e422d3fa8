using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>A table of numbers with commas between them; a first line of names is allowed and passed over.</summary>
internal static class CsvFile
{
    /// <summary>Reads a whole file into a float64 tensor of shape [rows, columns], its shape not stated.</summary>
    /// <exception cref="TensorFileException">A field is not a number, or a row has another length.</exception>
    public static Tensor Parse(ReadOnlySpan<byte> content)
    {
        string text = Decode(content);
        List<double> values = [];
        int line = 0;
        int rows = 0;
        int columns = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            line++;
            ReadOnlySpan<char> row = raw.Trim();
            if (row.IsEmpty || (rows == 0 && columns == 0 && IsHeader(row, out columns)))
            {
                continue;
            }

            int fields = ReadRow(row, line, values);
            if (columns != 0 && fields != columns)
            {
                throw new TensorFileException($"line {line}: has {fields} fields, the lines before it have {columns}");
            }

            columns = fields;
            rows++;
        }

        if (rows == 0)
        {
            throw new TensorFileException($"line {Math.Max(line, 1)}: there are no numbers in this file");
        }

        byte[] bytes = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)).ToArray();
        return new Tensor("", TensorElement.Float64, [rows, columns]) { Bytes = bytes, ShapeIsStated = false };
    }

    /// <summary>The text of a file, without the mark that some editors put before it.</summary>
    /// <exception cref="TensorFileException">It is not UTF-8.</exception>
    internal static string Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
            return new UTF8Encoding(false, true).GetString(content.StartsWith(mark) ? content[mark.Length..] : content);
        }
        catch (ArgumentException)
        {
            throw new TensorFileException("line 1: this is not text");
        }
    }

    // A header is a first line in which nothing is a number: one stray word among numbers is a mistake to be named.
    private static bool IsHeader(ReadOnlySpan<char> row, out int columns)
    {
        columns = 0;
        foreach (Range field in row.Split(','))
        {
            columns++;
            if (TryNumber(row[field], out _))
            {
                columns = 0;
                return false;
            }
        }

        return true;
    }

    private static int ReadRow(ReadOnlySpan<char> row, int line, List<double> values)
    {
        int column = 0;
        foreach (Range field in row.Split(','))
        {
            column++;
            if (!TryNumber(row[field], out double value))
            {
                throw new TensorFileException($"line {line}, field {column}: '{Shorten(row[field].Trim())}' is not a "
                    + "number");
            }

            values.Add(value);
        }

        return column;
    }

    private static bool TryNumber(ReadOnlySpan<char> field, out double value)
    {
        ReadOnlySpan<char> word = field.Trim();
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = double.PositiveInfinity;
            return true;
        }

        if (word.Equals("-inf", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NegativeInfinity;
            return true;
        }

        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static string Shorten(ReadOnlySpan<char> word) => word.Length <= 24 ? word.ToString() : $"{word[..24]}...";
}
