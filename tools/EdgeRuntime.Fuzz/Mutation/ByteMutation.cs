using System.Buffers.Binary;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>Makes another input of one, without knowing its format.</summary>
/// <param name="other">A second input of the corpus, to take pieces from.</param>
internal delegate byte[] Mutation(byte[] input, byte[] other, Words words, Random random);

/// <summary>Changes that suit any bytes: flips, borders of numbers, pieces moved, words put in.</summary>
internal static class ByteMutation
{
    /// <summary>One to sixteen changes, one more often than many.</summary>
    public static byte[] Havoc(byte[] input, byte[] other, Words words, Random random)
    {
        byte[] bytes = input;
        int changes = 1 << random.Next(5);
        for (int i = 0; i < changes; i++)
        {
            bytes = Once(bytes, other, words, random);
        }

        return bytes;
    }

    public static byte[] Splice(byte[] bytes, int start, int end, ReadOnlySpan<byte> with)
    {
        byte[] spliced = new byte[bytes.Length - (end - start) + with.Length];
        bytes.AsSpan(0, start).CopyTo(spliced);
        with.CopyTo(spliced.AsSpan(start));
        bytes.AsSpan(end).CopyTo(spliced.AsSpan(start + with.Length));
        return spliced;
    }

    private static byte[] Once(byte[] bytes, byte[] other, Words words, Random random)
    {
        if (bytes.Length == 0)
        {
            return random.Next(2) == 0 ? other : words.Text(random);
        }

        int at = random.Next(bytes.Length);
        int length = Math.Min(bytes.Length - at, 1 << random.Next(10));
        switch (random.Next(12))
        {
            case 0:
                return Changed(bytes, at, (byte)(bytes[at] ^ (1 << random.Next(8))));
            case 1:
                return Changed(bytes, at, (byte)random.Next(256));
            case 2:
                return Changed(bytes, at, (byte)(bytes[at] + random.Next(-8, 9)));
            case 3 or 4:
                return Number(bytes, at, random);
            case 5:
                return Splice(bytes, at, at + length, []);
            case 6:
                return Splice(bytes, at, at, bytes.AsSpan(at, length));
            case 7:
                return Splice(bytes, at, Math.Min(bytes.Length, at + (random.Next(2) * length)), words.Text(random));
            case 8:
                return Splice(bytes, at, at + random.Next(2), words.Number(random));
            case 9 when other.Length > 0:
                int from = random.Next(other.Length);
                return Splice(bytes, at, at + (random.Next(2) * length), other.AsSpan(from, Math.Min(other.Length - from, length)));
            case 10:
                return bytes.AsSpan(0, at).ToArray();
            default:
                byte[] noise = new byte[Math.Min(length, 16)];
                random.NextBytes(noise);
                return Splice(bytes, at, at, noise);
        }
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static byte[] Number(byte[] bytes, int at, Random random)
    {
        int size = 1 << random.Next(4);
        if (at + size > bytes.Length)
        {
            return Changed(bytes, at, 0xFF);
        }

        byte[] changed = [.. bytes];
        Span<byte> wide = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(wide, Words.Border(random));
        wide = wide[..size];
        if (random.Next(2) == 0)
        {
            wide.Reverse();
        }

        wide.CopyTo(changed.AsSpan(at));
        return changed;
    }
}
