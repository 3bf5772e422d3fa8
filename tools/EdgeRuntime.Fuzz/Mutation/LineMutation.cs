namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>Changes text by lines and by fields between commas.</summary>
internal static class LineMutation
{
    public static byte[] Change(byte[] input, byte[] other, Words words, Random random)
    {
        List<byte[]> lines = Split(input, (byte)'\n');
        for (int i = 1 << random.Next(3); i > 0; i--)
        {
            int at = random.Next(lines.Count);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(lines.Count), lines[at]);
                    break;
                case 2:
                    (lines[at], lines[0]) = (lines[0], lines[at]);
                    break;
                case 3:
                    lines[at] = ByteMutation.Havoc(lines[at], other, words, random);
                    break;
                default:
                    lines[at] = Fields(lines[at], words, random);
                    break;
            }

            if (lines.Count == 0)
            {
                lines.Add([]);
            }
        }

        return Join(lines, (byte)'\n');
    }

    private static byte[] Fields(byte[] line, Words words, Random random)
    {
        List<byte[]> fields = Split(line, (byte)',');
        int at = random.Next(fields.Count);
        switch (random.Next(5))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Insert(at, fields[random.Next(fields.Count)]);
                break;
            case 2:
                fields[at] = words.Text(random);
                break;
            case 3:
                fields[at] = [(byte)'"', .. fields[at], .. random.Next(2) == 0 ? "\""u8 : ""u8];
                break;
            default:
                fields[at] = words.Number(random);
                break;
        }

        return Join(fields, (byte)',');
    }

    private static List<byte[]> Split(byte[] bytes, byte separator)
    {
        List<byte[]> parts = [];
        int start = 0;
        for (int i = 0; i <= bytes.Length; i++)
        {
            if (i == bytes.Length || bytes[i] == separator)
            {
                parts.Add(bytes[start..i]);
                start = i + 1;
            }
        }

        return parts;
    }

    private static byte[] Join(List<byte[]> parts, byte separator)
    {
        using MemoryStream joined = new();
        for (int i = 0; i < parts.Count; i++)
        {
            if (i > 0)
            {
                joined.WriteByte(separator);
            }

            joined.Write(parts[i]);
        }

        return joined.ToArray();
    }
}
