namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>Changes a protobuf message field by field, with the lengths around the change kept right.</summary>
internal static class ProtoMutation
{
    private const int Deepest = 8;

    private sealed record Field(ulong Tag, byte[] Bytes, List<Field>? Nested);

    /// <summary>One to four changes.</summary>
    public static byte[] Change(byte[] input, byte[] other, Words words, Random random)
    {
        if (Parse(input, 0) is not { Count: > 0 } fields)
        {
            return ByteMutation.Havoc(input, other, words, random);
        }

        List<Field>? theirs = random.Next(4) == 0 ? Parse(other, 0) : null;
        for (int i = 1 << random.Next(3); i > 0; i--)
        {
            ChangeOne(Pick(fields, random), theirs, other, words, random);
        }

        List<byte> written = [];
        Write(fields, written);
        return [.. written];
    }

    // Walks down to a random message, deeper ones as often as there are many.
    private static List<Field> Pick(List<Field> fields, Random random)
    {
        List<Field> at = fields;
        while (random.Next(3) > 0 && at.Where(field => field.Nested is { Count: > 0 }).ToArray() is { Length: > 0 } nested)
        {
            at = nested[random.Next(nested.Length)].Nested!;
        }

        return at;
    }

    private static void ChangeOne(List<Field> fields, List<Field>? theirs, byte[] other, Words words, Random random)
    {
        if (fields.Count == 0)
        {
            return;
        }

        int at = random.Next(fields.Count);
        Field field = fields[at];
        switch (random.Next(8))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Insert(random.Next(fields.Count), Copy(field));
                break;
            case 2 when theirs is { Count: > 0 }:
                fields.Insert(at, Copy(theirs[random.Next(theirs.Count)]));
                break;
            case 3:
                fields[at] = field with { Tag = (field.Tag & 7) + (8UL * (uint)random.Next(1, 24)) };
                break;
            case 4:
                fields[at] = field with { Tag = (field.Tag & ~7UL) + (uint)random.Next(8), Nested = null };
                break;
            case 5 or 6 when (field.Tag & 7) == 0:
                List<byte> number = [];
                WriteVarint((ulong)Words.Border(random), number);
                fields[at] = field with { Bytes = [.. number] };
                break;
            default:
                fields[at] = field with { Bytes = ByteMutation.Havoc(field.Bytes, other, words, random), Nested = null };
                break;
        }
    }

    // A copy of its own, or a message could come to lie in itself.
    private static Field Copy(Field field) => field with { Nested = field.Nested?.ConvertAll(Copy) };

    private static List<Field>? Parse(ReadOnlySpan<byte> bytes, int depth)
    {
        List<Field> fields = [];
        while (!bytes.IsEmpty)
        {
            if (fields.Count > 4096 || !TryVarint(ref bytes, out ulong tag) || tag >> 3 is 0 or > 536870911)
            {
                return null;
            }

            int length;
            switch (tag & 7)
            {
                case 0:
                    ReadOnlySpan<byte> before = bytes;
                    if (!TryVarint(ref bytes, out _))
                    {
                        return null;
                    }

                    fields.Add(new Field(tag, before[..(before.Length - bytes.Length)].ToArray(), null));
                    continue;
                case 1:
                    length = 8;
                    break;
                case 5:
                    length = 4;
                    break;
                case 2 when TryVarint(ref bytes, out ulong stated) && stated <= (ulong)bytes.Length:
                    length = (int)stated;
                    break;
                default:
                    return null;
            }

            if (length > bytes.Length)
            {
                return null;
            }

            byte[] content = bytes[..length].ToArray();
            fields.Add(new Field(tag, content, (tag & 7) == 2 && depth < Deepest && length > 1 ? Parse(content, depth + 1) : null));
            bytes = bytes[length..];
        }

        return fields;
    }

    private static void Write(List<Field> fields, List<byte> to)
    {
        foreach (Field field in fields)
        {
            WriteVarint(field.Tag, to);
            if ((field.Tag & 7) != 2)
            {
                to.AddRange(field.Bytes);
                continue;
            }

            List<byte> content = [];
            if (field.Nested is null)
            {
                content.AddRange(field.Bytes);
            }
            else
            {
                Write(field.Nested, content);
            }

            WriteVarint((ulong)content.Count, to);
            to.AddRange(content);
        }
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void WriteVarint(ulong value, List<byte> to)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }
}
