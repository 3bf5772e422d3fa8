using System.Globalization;
using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// Makes one piece of an ONNX model that keeps tensors in files beside it ("external data"), as exporters do with large
/// ones: the library then sees bytes that were verified, and looks for no file by itself.
/// </summary>
/// <remarks>
/// ONNX (onnx.proto3, TensorProto.external_data; "External Data"): the place is relative to the model's own. Initializers and
/// attributes of the graph, of its subgraphs and of the model's functions are looked at.
/// </remarks>
public static class ExternalData
{
    // Field numbers of onnx.proto3.
    private const int RawData = 9;
    private const int ExternalEntry = 13;
    private const int DataLocation = 14;
    private const ulong External = 1;

    // As the protobuf of the library itself.
    private const int DeepestNesting = 100;

    private enum Message
    {
        Model,
        Graph,
        Node,
        Attribute,
        Function,
        SparseTensor,
        Tensor,
    }

    /// <summary>The model with all values inside it.</summary>
    /// <param name="model">Not changed; returned as it is when it keeps nothing elsewhere, or is no ONNX model.</param>
    /// <param name="find">The bytes of a file, by its place relative to the model, with '/' between names and without
    /// <c>..</c>; null when there is none.</param>
    /// <param name="largest">Most bytes of the result; a model may refer to the same bytes again and again.</param>
    /// <exception cref="ModelLoadException">A file is missing, too short, or outside the model's directory, or the result too
    /// large.</exception>
    public static ReadOnlyMemory<byte> Inline(
        ReadOnlyMemory<byte> model, Func<string, ReadOnlyMemory<byte>?> find, int largest = int.MaxValue)
    {
        try
        {
            Parts? parts = new Walk(model, find).Rewrite(Message.Model, 0, model.Length, 0);
            return parts is null ? model : parts.ToArray(largest);
        }
        catch (TensorFileException)
        {
            // Not protobuf: the library judges it, and has nothing in it that leads elsewhere.
            return model;
        }
    }

    /// <summary>As <see cref="Inline(ReadOnlyMemory{byte}, Func{string, ReadOnlyMemory{byte}?}, int)"/>, with files from the disk.</summary>
    /// <param name="directory">Where the model's file stands.</param>
    /// <exception cref="ModelLoadException">As there, or a file cannot be read.</exception>
    public static ReadOnlyMemory<byte> Inline(ReadOnlyMemory<byte> model, string directory)
    {
        Dictionary<string, ReadOnlyMemory<byte>?> read = new(StringComparer.Ordinal);
        return Inline(model, place =>
        {
            if (!read.TryGetValue(place, out ReadOnlyMemory<byte>? content))
            {
                content = ReadFile(Path.Combine(directory, place), place);
                read.Add(place, content);
            }

            return content;
        });
    }

    private static ReadOnlyMemory<byte>? ReadFile(string path, string place)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"its values in '{place}' cannot be read: {e.Message}", e);
        }
    }

    private static Message? ChildOf(Message parent, int field) => (parent, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        _ => null,
    };

    // Nothing is copied before all is known: a large model is in memory twice at most.
    private sealed class Walk(ReadOnlyMemory<byte> model, Func<string, ReadOnlyMemory<byte>?> find)
    {
        /// <summary>A message with what it refers to put in; null when it refers to nothing.</summary>
        public Parts? Rewrite(Message message, int start, int length, int depth)
        {
            if (message == Message.Tensor)
            {
                return Tensor(start, length);
            }

            if (depth == DeepestNesting)
            {
                throw new ModelLoadException($"its graphs are nested deeper than {DeepestNesting} levels");
            }

            Parts? parts = null;
            int copied = start;
            ProtoReader reader = new(model.Span.Slice(start, length), start);
            while (reader.HasMore)
            {
                int at = reader.Offset;
                (int field, WireType wire) = reader.ReadTag();
                Message? child = wire == WireType.Bytes ? ChildOf(message, field) : null;
                if (child is null)
                {
                    reader.Skip(wire);
                    continue;
                }

                int size = reader.ReadBytes().Length;
                if (Rewrite(child.Value, reader.Offset - size, size, depth + 1) is { } changed)
                {
                    parts ??= new Parts();
                    parts.Add(model[copied..at]);
                    parts.AddField(field, changed);
                    copied = reader.Offset;
                }
            }

            parts?.Add(model[copied..(start + length)]);
            return parts;
        }

        private Parts? Tensor(int start, int length)
        {
            Parts kept = new();
            bool isExternal = false;
            string name = "";
            Dictionary<string, string> entries = new(StringComparer.Ordinal);
            ProtoReader reader = new(model.Span.Slice(start, length), start);
            while (reader.HasMore)
            {
                int at = reader.Offset;
                (int field, WireType wire) = reader.ReadTag();
                switch (field)
                {
                    case DataLocation when wire == WireType.Varint:
                        isExternal = reader.ReadVarint() == External;
                        continue;
                    case ExternalEntry when wire == WireType.Bytes:
                        (string key, string value) = Entry(reader.ReadNested());
                        entries[key] = value;
                        continue;
                    case 8 when wire == WireType.Bytes:
                        name = Encoding.UTF8.GetString(reader.ReadBytes());
                        break;
                    default:
                        reader.Skip(wire);
                        break;
                }

                kept.Add(model[at..reader.Offset]);
            }

            if (!isExternal)
            {
                return null;
            }

            Parts values = new();
            values.Add(ValuesOf(name, entries));
            kept.AddField(RawData, values);
            return kept;
        }

        private ReadOnlyMemory<byte> ValuesOf(string name, Dictionary<string, string> entries)
        {
            string place = entries.GetValueOrDefault("location", "");
            string[] steps = place.Split('/');
            if (place.Length == 0 || place[0] == '/' || steps.Contains("..") || place.Contains('\\', StringComparison.Ordinal)
                || place.Contains('\0', StringComparison.Ordinal))
            {
                throw new ModelLoadException(
                    $"the values of its tensor '{name}' are kept in '{place}', which is not a place beside the model");
            }

            string clean = string.Join('/', steps.Where(step => step is not ("." or "")));
            ReadOnlyMemory<byte> file = find(clean) ?? throw new ModelLoadException(
                $"the values of its tensor '{name}' are kept in '{clean}', which is not beside the model; bring both files");
            long offset = Number(entries, "offset", name) ?? 0;
            long length = Number(entries, "length", name) ?? file.Length - offset;
            return length >= 0 && offset <= file.Length - length
                ? file.Slice((int)offset, (int)length)
                : throw new ModelLoadException($"the values of its tensor '{name}' are bytes {offset} to {offset + length} of "
                    + $"'{clean}', which has {file.Length}; the file is cut short, or belongs to another model");
        }

        private static long? Number(Dictionary<string, string> entries, string key, string name)
        {
            if (!entries.TryGetValue(key, out string? text))
            {
                return null;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ModelLoadException(
                    $"the {key} of its tensor '{name}' in another file is '{text}', not a number of bytes below 2 GiB");
        }

        // StringStringEntryProto: key = 1, value = 2.
        private static (string Key, string Value) Entry(ProtoReader entry)
        {
            string key = "";
            string value = "";
            while (entry.HasMore)
            {
                (int field, WireType wire) = entry.ReadTag();
                switch (field)
                {
                    case 1 when wire == WireType.Bytes:
                        key = Encoding.UTF8.GetString(entry.ReadBytes());
                        break;
                    case 2 when wire == WireType.Bytes:
                        value = Encoding.UTF8.GetString(entry.ReadBytes());
                        break;
                    default:
                        entry.Skip(wire);
                        break;
                }
            }

            return (key, value);
        }
    }

    // A message in pieces.
    private sealed class Parts
    {
        private readonly List<ReadOnlyMemory<byte>> _pieces = [];
        private long _length;

        public void Add(ReadOnlyMemory<byte> piece)
        {
            _pieces.Add(piece);
            _length += piece.Length;
        }

        public void AddField(int field, Parts content)
        {
            byte[] head = new byte[2 * sizeof(ulong)];
            int at = WriteVarint(head, 0, ((ulong)field << 3) | (ulong)WireType.Bytes);
            at = WriteVarint(head, at, (ulong)content._length);
            Add(head.AsMemory(0, at));
            _pieces.AddRange(content._pieces);
            _length += content._length;
        }

        public byte[] ToArray(int largest)
        {
            if (_length > largest)
            {
                throw new ModelLoadException(
                    $"with the values in the files beside it, it has {_length} bytes; {largest} is the most that can be loaded");
            }

            byte[] whole = new byte[_length];
            int at = 0;
            foreach (ReadOnlyMemory<byte> piece in _pieces)
            {
                piece.Span.CopyTo(whole.AsSpan(at));
                at += piece.Length;
            }

            return whole;
        }

        private static int WriteVarint(byte[] to, int at, ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                to[at++] = (byte)(value | 0x80);
            }

            to[at++] = (byte)value;
            return at;
        }
    }
}
