using System.Buffers.Binary;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>Changes a PNG chunk by chunk, with lengths and checksums put right, so that the change reaches the decoder.</summary>
internal static class PngMutation
{
    private const int SignatureBytes = 8;

    public static byte[] Change(byte[] input, byte[] other, Words words, Random random)
    {
        List<(byte[] Kind, byte[] Data)> chunks = Parse(input);
        if (chunks.Count == 0)
        {
            return ByteMutation.Havoc(input, other, words, random);
        }

        int at = random.Next(chunks.Count);
        switch (random.Next(6))
        {
            case 0:
                chunks.RemoveAt(at);
                break;
            case 1:
                chunks.Insert(random.Next(chunks.Count), chunks[at]);
                break;
            case 2:
                int to = random.Next(chunks.Count);
                (chunks[at], chunks[to]) = (chunks[to], chunks[at]);
                break;
            default:
                chunks[at] = (chunks[at].Kind, ByteMutation.Havoc(chunks[at].Data, [], words, random));
                break;
        }

        using MemoryStream written = new();
        written.Write(input, 0, SignatureBytes);
        Span<byte> number = stackalloc byte[4];
        foreach ((byte[] kind, byte[] data) in chunks)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            written.Write(number);
            written.Write(kind);
            written.Write(data);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(kind, data));
            written.Write(number);
        }

        return written.ToArray();
    }

    private static List<(byte[] Kind, byte[] Data)> Parse(byte[] png)
    {
        List<(byte[], byte[])> chunks = [];
        for (int at = SignatureBytes; at + 12 <= png.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12)
            {
                break;
            }

            chunks.Add((png[(at + 4)..(at + 8)], png[(at + 8)..(at + 8 + (int)length)]));
            at += 12 + (int)length;
        }

        return chunks;
    }
}
