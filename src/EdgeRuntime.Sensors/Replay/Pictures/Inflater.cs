using System.Buffers.Binary;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>
/// Decompresses zlib data (RFC 1950, RFC 1951) into memory that is there already. The platform's own stream allocates
/// with every picture, and this runs on the sample path.
/// </summary>
/// <remarks>Not thread-safe. All its tables are taken at construction.</remarks>
internal sealed class Inflater
{
    private const int MostLiterals = 288;
    private const int MostDistances = 32;
    private const int LongestCode = 15;

    private static readonly ushort[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly byte[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly ushort[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static readonly byte[] DistanceExtra =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    private static readonly byte[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly Code _literals = new(MostLiterals);
    private readonly Code _distances = new(MostDistances);
    private readonly Code _lengths = new(CodeLengthOrder.Length);
    private readonly byte[] _codeLengths = new byte[MostLiterals + MostDistances];

    /// <summary>Decompresses a whole stream, which must fill <paramref name="output"/> exactly.</summary>
    /// <returns>What is wrong, as a part of a sentence; null when all is well. Allocates nothing.</returns>
    public string? Inflate(ReadOnlySpan<byte> zlib, Span<byte> output)
    {
        if (zlib.Length < 6 || (zlib[0] & 0xF) != 8 || ((zlib[0] << 8) | zlib[1]) % 31 != 0 || (zlib[1] & 0x20) != 0)
        {
            return "its compressed data do not begin as zlib data do";
        }

        Bits bits = new(zlib[2..]);
        int at = 0;
        bool last;
        do
        {
            last = bits.Take(1) == 1;
            string? wrong = bits.Take(2) switch
            {
                0 => Stored(ref bits, output, ref at),
                1 => Fixed(ref bits, output, ref at),
                2 => Dynamic(ref bits, output, ref at),
                _ => "its compressed data hold a block of no known kind",
            };
            if (wrong is not null)
            {
                return wrong;
            }
        }
        while (!last);

        if (at != output.Length)
        {
            return "its compressed data are shorter than the picture";
        }

        return bits.TryRest(out ReadOnlySpan<byte> rest) && rest.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(rest) == Adler32(output)
            ? null
            : "its compressed data fail their checksum";
    }

    private static string? Stored(ref Bits bits, Span<byte> output, ref int at)
    {
        if (!bits.TryRest(out ReadOnlySpan<byte> rest) || rest.Length < 4)
        {
            return CutOff;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length != (ushort)~BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]))
        {
            return "its compressed data hold a block of no known length";
        }

        rest = rest[4..];
        if (rest.Length < length)
        {
            return CutOff;
        }

        if (length > output.Length - at)
        {
            return TooLong;
        }

        rest[..length].CopyTo(output[at..]);
        at += length;
        bits = new Bits(rest[length..]);
        return null;
    }

    private string? Fixed(ref Bits bits, Span<byte> output, ref int at)
    {
        Span<byte> lengths = _codeLengths.AsSpan(0, MostLiterals);
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        _literals.Build(lengths);
        lengths = _codeLengths.AsSpan(0, 30);
        lengths.Fill(5);
        _distances.Build(lengths);
        return Codes(ref bits, output, ref at);
    }

    private string? Dynamic(ref Bits bits, Span<byte> output, ref int at)
    {
        int literals = (int)bits.Take(5) + 257;
        int distances = (int)bits.Take(5) + 1;
        int codes = (int)bits.Take(4) + 4;
        if (literals > 286 || distances > 30)
        {
            return BadCode;
        }

        Span<byte> lengths = _codeLengths.AsSpan(0, CodeLengthOrder.Length);
        lengths.Clear();
        for (int i = 0; i < codes; i++)
        {
            lengths[CodeLengthOrder[i]] = (byte)bits.Take(3);
        }

        if (!_lengths.Build(lengths))
        {
            return BadCode;
        }

        lengths = _codeLengths.AsSpan(0, literals + distances);
        for (int i = 0; i < lengths.Length;)
        {
            int symbol = _lengths.Next(ref bits);
            if (symbol is >= 0 and < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }

            if (symbol < 0 || (symbol == 16 && i == 0))
            {
                return bits.IsOver ? CutOff : BadCode;
            }

            byte repeated = symbol == 16 ? lengths[i - 1] : (byte)0;
            int times = symbol switch
            {
                16 => 3 + (int)bits.Take(2),
                17 => 3 + (int)bits.Take(3),
                _ => 11 + (int)bits.Take(7),
            };
            if (times > lengths.Length - i)
            {
                return BadCode;
            }

            lengths.Slice(i, times).Fill(repeated);
            i += times;
        }

        return lengths[256] != 0 && _literals.Build(lengths[..literals]) && _distances.Build(lengths[literals..])
            ? Codes(ref bits, output, ref at)
            : BadCode;
    }

    private string? Codes(ref Bits bits, Span<byte> output, ref int at)
    {
        while (true)
        {
            int symbol = _literals.Next(ref bits);
            if (bits.IsOver)
            {
                return CutOff;
            }

            if (symbol == 256)
            {
                return null;
            }

            if (symbol is >= 0 and < 256)
            {
                if (at == output.Length)
                {
                    return TooLong;
                }

                output[at++] = (byte)symbol;
                continue;
            }

            symbol -= 257;
            if (symbol < 0 || symbol >= LengthBase.Length)
            {
                return BadCode;
            }

            int length = LengthBase[symbol] + (int)bits.Take(LengthExtra[symbol]);
            int far = _distances.Next(ref bits);
            if (far < 0 || far >= DistanceBase.Length)
            {
                return BadCode;
            }

            int distance = DistanceBase[far] + (int)bits.Take(DistanceExtra[far]);
            if (distance > at)
            {
                return "its compressed data point before their beginning";
            }

            if (length > output.Length - at)
            {
                return TooLong;
            }

            // Byte by byte: what is copied may begin inside what is written.
            for (int end = at + length; at < end; at++)
            {
                output[at] = output[at - distance];
            }
        }
    }

    private const string CutOff = "its compressed data end too early";
    private const string TooLong = "its compressed data are longer than the picture";
    private const string BadCode = "its compressed data hold a code that does not exist";

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        // As many additions as fit into 32 bits before the remainder must be taken (RFC 1950, section 9).
        const int Run = 5552;
        uint a = 1;
        uint b = 0;
        while (bytes.Length > 0)
        {
            int run = Math.Min(bytes.Length, Run);
            for (int i = 0; i < run; i++)
            {
                a += bytes[i];
                b += a;
            }

            a %= 65521;
            b %= 65521;
            bytes = bytes[run..];
        }

        return (b << 16) | a;
    }

    /// <summary>Bits of a stream, lowest first. Past the end they are 0, and <see cref="IsOver"/> tells.</summary>
    private ref struct Bits(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next;
        private ulong _buffer;
        private int _held;

        /// <summary>True when more bits were taken than there are.</summary>
        public readonly bool IsOver => _held < 0;

        /// <summary>The next 15 bits, without taking them.</summary>
        public uint Peek()
        {
            Fill();
            return (uint)_buffer & 0x7FFF;
        }

        public void Skip(int count)
        {
            _buffer >>= count;
            _held -= count;
        }

        public uint Take(int count)
        {
            Fill();
            uint taken = (uint)(_buffer & ((1UL << count) - 1));
            Skip(count);
            return taken;
        }

        /// <summary>What follows the byte that was begun.</summary>
        public readonly bool TryRest(out ReadOnlySpan<byte> rest)
        {
            int from = _next - (_held / 8);
            bool there = _held >= 0 && from <= _bytes.Length;
            rest = there ? _bytes[from..] : default;
            return there;
        }

        private void Fill()
        {
            while (_held is >= 0 and <= 48 && _next < _bytes.Length)
            {
                _buffer |= (ulong)_bytes[_next++] << _held;
                _held += 8;
            }
        }
    }

    /// <summary>One canonical Huffman code: short codes by a table, long ones by their lengths' first codes.</summary>
    private sealed class Code(int symbols)
    {
        private const int TableBits = 10;

        private readonly ushort[] _table = new ushort[1 << TableBits];
        private readonly ushort[] _sorted = new ushort[symbols];
        private readonly int[] _count = new int[LongestCode + 1];
        private readonly int[] _next = new int[LongestCode + 2];

        /// <summary>Takes the lengths of all symbols' codes; 0 for a symbol that does not occur.</summary>
        /// <returns>False when no such code exists. A code that leaves combinations unused does.</returns>
        public bool Build(ReadOnlySpan<byte> lengths)
        {
            Array.Clear(_count);
            foreach (byte length in lengths)
            {
                _count[length]++;
            }

            _count[0] = 0;
            int left = 1;
            _next[1] = 0;
            for (int length = 1; length <= LongestCode; length++)
            {
                left = (left << 1) - _count[length];
                _next[length + 1] = _next[length] + _count[length];
                if (left < 0)
                {
                    return false;
                }
            }

            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] != 0)
                {
                    _sorted[_next[lengths[symbol]]++] = (ushort)symbol;
                }
            }

            FillTable();
            return true;
        }

        /// <summary>Takes the next symbol; -1 when the bits are no code.</summary>
        public int Next(ref Bits bits)
        {
            uint peeked = bits.Peek();
            int entry = _table[peeked & ((1 << TableBits) - 1)];
            if (entry != 0)
            {
                bits.Skip(entry & 0xF);
                return (entry >> 4) - 1;
            }

            int code = 0;
            int first = 0;
            int index = 0;
            for (int length = 1; length <= LongestCode; length++)
            {
                code |= (int)(peeked & 1);
                peeked >>= 1;
                int count = _count[length];
                if (code - count < first)
                {
                    bits.Skip(length);
                    return _sorted[index + (code - first)];
                }

                index += count;
                first = (first + count) << 1;
                code <<= 1;
            }

            return -1;
        }

        // An entry holds the symbol plus 1, and its code's length in the lowest four bits.
        private void FillTable()
        {
            Array.Clear(_table);
            int code = 0;
            int index = 0;
            for (int length = 1; length <= TableBits; length++)
            {
                for (int i = 0; i < _count[length]; i++)
                {
                    ushort entry = (ushort)(((_sorted[index++] + 1) << 4) | length);
                    int reversed = 0;
                    for (int bit = 0; bit < length; bit++)
                    {
                        reversed |= ((code >> bit) & 1) << (length - 1 - bit);
                    }

                    for (int at = reversed; at < _table.Length; at += 1 << length)
                    {
                        _table[at] = entry;
                    }

                    code++;
                }

                code <<= 1;
            }
        }
    }
}
