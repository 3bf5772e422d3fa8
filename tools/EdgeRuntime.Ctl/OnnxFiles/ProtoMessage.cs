using System.Buffers.Binary;
using System.Text;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.OnnxFiles;

/// <summary>One field of a protobuf message.</summary>
/// <param name="Value">What follows the tag; of a field with a length its content alone.</param>
internal readonly record struct ProtoField(int Number, WireType Wire, ReadOnlyMemory<byte> Value);

/// <summary>A protobuf message taken apart into its fields, so that some can be changed and the others stay as they are.</summary>
internal sealed class ProtoMessage
{
    /// <summary>The fields in the order of the file.</summary>
    public List<ProtoField> Fields { get; } = [];

    /// <summary>Takes a message apart; nothing is copied.</summary>
    /// <exception cref="TensorFileException">It is not protobuf.</exception>
    public static ProtoMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        ProtoMessage message = new();
        ProtoReader reader = new(bytes.Span, 0);
        while (reader.HasMore)
        {
            (int number, WireType wire) = reader.ReadTag();
            int start = reader.Offset;
            if (wire == WireType.Bytes)
            {
                int length = reader.ReadBytes().Length;
                message.Fields.Add(new ProtoField(number, wire, bytes.Slice(reader.Offset - length, length)));
            }
            else
            {
                reader.Skip(wire);
                message.Fields.Add(new ProtoField(number, wire, bytes[start..reader.Offset]));
            }
        }

        return message;
    }

    /// <summary>Contents of every field with a length that has this number.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All(int number) =>
        Fields.Where(field => field.Number == number && field.Wire == WireType.Bytes).Select(field => field.Value);

    /// <summary>A text; empty when absent.</summary>
    public string Text(int number) => All(number).Select(TextOf).FirstOrDefault() ?? "";

    /// <summary>Every text of a repeated field.</summary>
    public IEnumerable<string> Texts(int number) => All(number).Select(TextOf);

    /// <summary>A message inside this one, or null.</summary>
    public ProtoMessage? Message(int number)
    {
        foreach (ReadOnlyMemory<byte> value in All(number))
        {
            return Parse(value);
        }

        return null;
    }

    /// <summary>Integers of a field, packed or not.</summary>
    public IReadOnlyList<long> Integers(int number)
    {
        List<long> integers = [];
        foreach (ProtoField field in Fields.Where(field => field.Number == number))
        {
            ProtoReader reader = new(field.Value.Span, 0);
            while (reader.HasMore)
            {
                integers.Add((long)reader.ReadVarint());
            }
        }

        return integers;
    }

    /// <summary>A float, or null when absent.</summary>
    public float? Single(int number)
    {
        foreach (ProtoField field in Fields.Where(field => field.Number == number && field.Wire == WireType.Fixed32))
        {
            return BinaryPrimitives.ReadSingleLittleEndian(field.Value.Span);
        }

        return null;
    }

    /// <summary>Adds a text.</summary>
    public ProtoMessage Add(int number, string text) => Add(number, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a message.</summary>
    public ProtoMessage Add(int number, ProtoMessage message) => Add(number, message.ToArray());

    /// <summary>Adds bytes.</summary>
    public ProtoMessage Add(int number, ReadOnlyMemory<byte> bytes)
    {
        Fields.Add(new ProtoField(number, WireType.Bytes, bytes));
        return this;
    }

    /// <summary>Adds an integer.</summary>
    public ProtoMessage Add(int number, long value)
    {
        using MemoryStream bytes = new();
        WriteVarint(bytes, (ulong)value);
        Fields.Add(new ProtoField(number, WireType.Varint, bytes.ToArray()));
        return this;
    }

    /// <summary>Takes every field of a number away.</summary>
    public ProtoMessage Remove(int number)
    {
        Fields.RemoveAll(field => field.Number == number);
        return this;
    }

    /// <summary>The message as it stands in a file.</summary>
    public byte[] ToArray()
    {
        using MemoryStream bytes = new();
        foreach (ProtoField field in Fields)
        {
            WriteVarint(bytes, ((ulong)field.Number << 3) | (ulong)field.Wire);
            if (field.Wire == WireType.Bytes)
            {
                WriteVarint(bytes, (ulong)field.Value.Length);
            }

            bytes.Write(field.Value.Span);
        }

        return bytes.ToArray();
    }

    private static void WriteVarint(MemoryStream bytes, ulong value)
    {
        while (value >= 0x80)
        {
            bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.WriteByte((byte)value);
    }

    private static string TextOf(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
