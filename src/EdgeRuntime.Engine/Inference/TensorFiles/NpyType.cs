using System.Globalization;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>The element type in a .npy header: <c>&lt;f4</c>, <c>|i1</c>, <c>&gt;U12</c>.</summary>
/// <param name="Spelling">As it stands in the file.</param>
/// <param name="Element">What it is here; text for both of NumPy's string kinds.</param>
/// <param name="Size">Bytes of one element; 0 for empty strings.</param>
/// <param name="BigEndian">Elements (or characters) are stored with the highest byte first.</param>
internal sealed record NpyType(string Spelling, TensorElement Element, int Size, bool BigEndian)
{
    private const int Utf32Unit = 4;

    /// <summary>Strings of one fixed length, padded with zeros.</summary>
    public bool IsText => Element == TensorElement.Text;

    /// <exception cref="TensorFileException">No model takes such elements.</exception>
    public static NpyType Parse(string spelling, int offset)
    {
        bool hasOrder = spelling.Length > 0 && spelling[0] is '<' or '>' or '|' or '=';
        ReadOnlySpan<char> kind = hasOrder ? spelling.AsSpan(1) : spelling;
        bool bigEndian = hasOrder && spelling[0] == '>';
        TensorElement element = kind switch
        {
            "?" or "b1" => TensorElement.Bool,
            "i1" => TensorElement.Int8,
            "i2" => TensorElement.Int16,
            "i4" => TensorElement.Int32,
            "i8" => TensorElement.Int64,
            "u1" => TensorElement.UInt8,
            "u2" => TensorElement.UInt16,
            "u4" => TensorElement.UInt32,
            "u8" => TensorElement.UInt64,
            "f2" => TensorElement.Float16,
            "f4" => TensorElement.Float32,
            "f8" => TensorElement.Float64,
            _ => TensorElement.Undefined,
        };
        if (element != TensorElement.Undefined)
        {
            return new NpyType(spelling, element, element.Bits() / 8, bigEndian);
        }

        bool isText = kind.Length > 1 && kind[0] is 'U' or 'S';
        if (isText && int.TryParse(kind[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= int.MaxValue / Utf32Unit)
        {
            int size = kind[0] == 'U' ? length * Utf32Unit : length;
            return new NpyType(spelling, TensorElement.Text, size, bigEndian);
        }

        throw new TensorFileException(
            $"offset {offset}: elements of type '{spelling}' are no tensor a model takes; save the array as a float, "
                + "integer, bool or string type");
    }

    /// <summary>Decodes strings: UTF-32 for <c>U</c>, UTF-8 for <c>S</c>, each without its padding.</summary>
    public string[] ReadStrings(ReadOnlySpan<byte> data, int count, int offset)
    {
        bool wide = Spelling.Contains('U', StringComparison.Ordinal);
        Encoding encoding = wide ? new UTF32Encoding(BigEndian, false, true) : new UTF8Encoding(false, true);
        string[] strings = new string[count];
        for (int i = 0; i < count; i++)
        {
            try
            {
                strings[i] = encoding.GetString(data.Slice(i * Size, Size)).TrimEnd('\0');
            }
            catch (ArgumentException)
            {
                string charset = wide ? "UTF-32" : "UTF-8";
                throw new TensorFileException($"offset {offset + (i * Size)}: string {i} is not valid {charset}");
            }
        }

        return strings;
    }
}
