using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>ONNX's TensorProto message (onnx.proto3), with raw data, typed fields or strings.</summary>
public static class TensorProtoFile
{
    private const int Dims = 1;
    private const int DataType = 2;
    private const int Segment = 3;
    private const int FloatData = 4;
    private const int Int32Data = 5;
    private const int StringData = 6;
    private const int Int64Data = 7;
    private const int TensorName = 8;
    private const int RawData = 9;
    private const int DoubleData = 10;
    private const int UInt64Data = 11;
    private const int ExternalData = 13;
    private const int DataLocation = 14;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="TensorFileException">It is malformed, or its values are in another file.</exception>
    public static Tensor Parse(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            throw new TensorFileException("offset 0: the file is empty");
        }

        Fields fields = ReadFields(content);
        TensorElement element = (TensorElement)fields.DataType;
        if (!element.IsKnown())
        {
            throw new TensorFileException(fields.DataType == 0
                ? "no data_type is given, so this is no TensorProto"
                : $"data_type {fields.DataType} is not one this program knows");
        }

        Tensor tensor = new(fields.Name, element, fields.Shape);
        long count = CountOf(fields.Shape);
        return element == TensorElement.Text
            ? tensor with { Strings = StringsOf(fields, count) }
            : tensor with { Bytes = BytesOf(fields, element, count) };
    }

    private static Fields ReadFields(ReadOnlySpan<byte> content)
    {
        Fields fields = new();
        ProtoReader reader = new(content, 0);
        while (reader.HasMore)
        {
            int at = reader.Offset;
            (int field, WireType wire) = reader.ReadTag();
            switch (field)
            {
                case Dims when wire is WireType.Varint or WireType.Bytes:
                    ReadIntegers(ref reader, wire, fields.Shape);
                    break;
                case DataType when wire == WireType.Varint:
                    fields.DataType = unchecked((int)reader.ReadVarint());
                    break;
                case TensorName when wire == WireType.Bytes:
                    fields.Name = ReadText(ref reader);
                    break;
                case StringData when wire == WireType.Bytes:
                    fields.Strings.Add(ReadText(ref reader));
                    break;
                case RawData when wire == WireType.Bytes:
                    fields.Raw = reader.ReadBytes().ToArray();
                    break;
                case FloatData when wire is WireType.Fixed32 or WireType.Bytes:
                    fields.Floats.Write(wire == WireType.Bytes ? reader.ReadBytes() : reader.Take(4));
                    break;
                case DoubleData when wire is WireType.Fixed64 or WireType.Bytes:
                    fields.Doubles.Write(wire == WireType.Bytes ? reader.ReadBytes() : reader.Take(8));
                    break;
                case Int32Data or Int64Data or UInt64Data when wire is WireType.Varint or WireType.Bytes:
                    ReadIntegers(ref reader, wire, fields.Integers);
                    fields.IntegersField = field;
                    break;
                case Segment or ExternalData:
                    throw KeptElsewhere(at);
                case DataLocation when wire == WireType.Varint:
                    if (reader.ReadVarint() != 0)
                    {
                        throw KeptElsewhere(at);
                    }

                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }

        return fields;
    }

    private static TensorFileException KeptElsewhere(int at) =>
        new($"offset {at}: the values are kept outside this file, which is not supported; save them inside it");

    private static void ReadIntegers(ref ProtoReader reader, WireType wire, List<long> values)
    {
        if (wire == WireType.Varint)
        {
            values.Add(unchecked((long)reader.ReadVarint()));
            return;
        }

        ProtoReader packed = reader.ReadNested();
        while (packed.HasMore)
        {
            values.Add(unchecked((long)packed.ReadVarint()));
        }
    }

    private static string ReadText(ref ProtoReader reader)
    {
        int at = reader.Offset;
        try
        {
            return new UTF8Encoding(false, true).GetString(reader.ReadBytes());
        }
        catch (ArgumentException)
        {
            throw new TensorFileException($"offset {at}: a string is not valid UTF-8");
        }
    }

    private static long CountOf(List<long> shape)
    {
        foreach (long size in shape)
        {
            if (size < 0)
            {
                throw new TensorFileException($"dims {TensorElements.Spell(shape)} has a size below 0");
            }
        }

        try
        {
            return Tensor.CountOf(shape);
        }
        catch (OverflowException)
        {
            throw new TensorFileException($"dims {TensorElements.Spell(shape)} is too large to be read");
        }
    }

    private static List<string> StringsOf(Fields fields, long count) => fields.Strings.Count == count
        ? fields.Strings
        : throw new TensorFileException(
            $"dims {TensorElements.Spell(fields.Shape)} takes {count} strings, {fields.Strings.Count} are there");

    private static byte[] BytesOf(Fields fields, TensorElement element, long count)
    {
        byte[] bytes = fields.Raw ?? TypedBytes(fields, element);
        long expected = count > int.MaxValue ? long.MaxValue : element.Bytes(count);
        return bytes.Length == expected
            ? bytes
            : throw new TensorFileException(
                $"dims {TensorElements.Spell(fields.Shape)} of {element.Name()} is {count} elements, the file holds "
                    + $"{bytes.Length} bytes of values");
    }

    // Which typed field an element type uses, and how it is stored there, is onnx.proto3's rule: everything up to 32
    // bits (float16 as its bit pattern, 4-bit types as packed bytes) stands in int32_data, unsigned 32 bits in
    // uint64_data.
    private static byte[] TypedBytes(Fields fields, TensorElement element) => element switch
    {
        TensorElement.Float32 => fields.Floats.ToArray(),
        TensorElement.Float64 => fields.Doubles.ToArray(),
        TensorElement.Int64 => Narrow(fields, Int64Data, 8),
        TensorElement.UInt64 => Narrow(fields, UInt64Data, 8),
        TensorElement.UInt32 => Narrow(fields, UInt64Data, 4),
        _ => Narrow(fields, Int32Data, Math.Max(1, element.Bits() / 8)),
    };

    private static byte[] Narrow(Fields fields, int field, int size)
    {
        if (fields.Integers.Count > 0 && fields.IntegersField != field)
        {
            throw new TensorFileException(
                $"the values stand in field {fields.IntegersField} of TensorProto, its data_type demands field "
                    + $"{field}");
        }

        byte[] bytes = new byte[checked(fields.Integers.Count * size)];
        Span<byte> wide = stackalloc byte[8];
        for (int i = 0; i < fields.Integers.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(wide, fields.Integers[i]);
            wide[..size].CopyTo(bytes.AsSpan(i * size));
        }

        return bytes;
    }

    private sealed class Fields
    {
        public string Name { get; set; } = "";

        public int DataType { get; set; }

        public List<long> Shape { get; } = [];

        public List<string> Strings { get; } = [];

        public byte[]? Raw { get; set; }

        public MemoryStream Floats { get; } = new();

        public MemoryStream Doubles { get; } = new();

        public List<long> Integers { get; } = [];

        public int IntegersField { get; set; }
    }
}
