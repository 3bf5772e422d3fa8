using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>NumPy's .npy format, versions 1 to 3, in either byte order and either memory order.</summary>
internal static class NpyFile
{
    private const int PreludeLength = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="TensorFileException">It is malformed, or holds a type that no model takes.</exception>
    public static Tensor Parse(ReadOnlySpan<byte> content)
    {
        (NpyHeader header, int dataOffset) = ReadHeader(content);
        ReadOnlySpan<byte> data = content[dataOffset..];
        long count = CountOf(header.Shape);
        long expected = checked(count * header.Type.Size);
        if (data.Length != expected)
        {
            throw new TensorFileException(
                $"offset {dataOffset}: shape {TensorElements.Spell(header.Shape)} of '{header.Type.Spelling}' takes "
                    + $"{expected} bytes, {data.Length} are there");
        }

        byte[] rowMajor = header.FortranOrder ? ToRowMajor(data, header.Shape, header.Type.Size) : data.ToArray();
        if (header.Type.IsText)
        {
            return new Tensor("", TensorElement.Text, header.Shape)
            {
                Strings = header.Type.ReadStrings(rowMajor, (int)count, dataOffset),
            };
        }

        if (header.Type.BigEndian)
        {
            SwapBytes(rowMajor, header.Type.Size);
        }

        return new Tensor("", header.Type.Element, header.Shape) { Bytes = rowMajor };
    }

    private static (NpyHeader Header, int DataOffset) ReadHeader(ReadOnlySpan<byte> content)
    {
        if (content.Length < PreludeLength || !content.StartsWith(Magic))
        {
            throw new TensorFileException("offset 0: does not begin as a .npy file does");
        }

        int version = content[6];
        int lengthBytes = version switch
        {
            1 => 2,
            2 or 3 => 4,
            _ => throw new TensorFileException($"offset 6: .npy version {version} is not known here; 1 to 3 are"),
        };
        int headerOffset = PreludeLength + lengthBytes;
        if (content.Length < headerOffset)
        {
            throw new TensorFileException($"offset {PreludeLength}: the file ends inside the header's length");
        }

        long length = lengthBytes == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(content[PreludeLength..])
            : BinaryPrimitives.ReadUInt32LittleEndian(content[PreludeLength..]);
        if (length > content.Length - headerOffset)
        {
            throw new TensorFileException(
                $"offset {headerOffset}: the header is {length} bytes long, only {content.Length - headerOffset} are "
                    + "there");
        }

        ReadOnlySpan<byte> text = content.Slice(headerOffset, (int)length);
        Encoding encoding = version == 3 ? Encoding.UTF8 : Encoding.Latin1;
        return (NpyHeader.Parse(encoding.GetString(text), headerOffset), headerOffset + (int)length);
    }

    private static long CountOf(IReadOnlyList<long> shape)
    {
        try
        {
            // 32 bits bound the count: an array here cannot hold more, and no size times it can then overflow.
            long count = Tensor.CountOf(shape);
            return count <= int.MaxValue ? count : throw new OverflowException();
        }
        catch (OverflowException)
        {
            throw new TensorFileException($"shape {TensorElements.Spell(shape)} is too large to be read");
        }
    }

    private static byte[] ToRowMajor(ReadOnlySpan<byte> columnMajor, IReadOnlyList<long> shape, int size)
    {
        byte[] rowMajor = new byte[columnMajor.Length];
        long[] index = new long[shape.Count];
        for (int to = 0; to < rowMajor.Length; to += size)
        {
            long from = 0;
            for (int axis = shape.Count - 1; axis >= 0; axis--)
            {
                from = (from * shape[axis]) + index[axis];
            }

            columnMajor.Slice((int)from * size, size).CopyTo(rowMajor.AsSpan(to));
            for (int axis = shape.Count - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return rowMajor;
    }

    private static void SwapBytes(Span<byte> bytes, int size)
    {
        for (int start = 0; start < bytes.Length; start += size)
        {
            bytes.Slice(start, size).Reverse();
        }
    }
}
