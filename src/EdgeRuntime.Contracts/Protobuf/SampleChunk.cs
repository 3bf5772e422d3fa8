using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>One piece of a clip on its way; <c>Protos/sample.proto</c> is the schema.</summary>
/// <remarks>Topic <c>{id}/up/sample/{request}</c>, QoS 1, not retained, expires after a day.</remarks>
/// <param name="Clip">Name of the clip on the device, which is one of a file.</param>
/// <param name="Number">Which clip of this request, from 0.</param>
/// <param name="Clips">How many there are.</param>
/// <param name="Offset">Place of the first byte within the clip, a multiple of <see cref="MostBytes"/>.</param>
/// <param name="Length">Bytes of the clip; 0 where it went before it could be sent.</param>
/// <param name="Data"><see cref="MostBytes"/>, or what is left of the clip.</param>
public sealed record SampleChunk(string Clip, long Number, long Clips, long Offset, long Length, ReadOnlyMemory<byte> Data)
{
    /// <summary>Start of the last part of the topic; the request's name follows.</summary>
    public const string TopicPrefix = "sample/";

    /// <summary>Most bytes of a clip in one message; well within a packet of 128 KiB.</summary>
    public const int MostBytes = 64 * 1024;

    private const int LongestName = 128;

    /// <summary>Writes the message.</summary>
    public byte[] Write()
    {
        ProtoWriter writer = new();
        writer.Text(1, Clip);
        writer.Count(2, Number);
        writer.Count(3, Clips);
        writer.Count(4, Offset);
        writer.Count(5, Length);
        writer.Bytes(6, Data.Span);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the message.</summary>
    /// <exception cref="FormatException">The bytes are none; the message says what is wrong.</exception>
    public static SampleChunk Read(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "sample chunk");
        string clip = "";
        (long number, long clips, long offset, long length) = (0, 0, 0, 0);
        byte[] data = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: clip = reader.Text(LongestName); break;
                case 2: number = reader.Count(); break;
                case 3: clips = reader.Count(); break;
                case 4: offset = reader.Count(); break;
                case 5: length = reader.Count(); break;
                case 6: data = reader.Bytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        if (clip.Contains('/') || PackageNames.Path(clip) is not null)
        {
            throw reader.Wrong("its clip's name is none of a file");
        }

        // Each piece but the last is as long as one may be, so that none lies across another.
        bool isPiece = offset <= length && offset % MostBytes == 0 && data.Length == Math.Min(MostBytes, length - offset)
            && (data.Length > 0 || length == 0);
        return number < clips && isPiece
            ? new SampleChunk(clip, number, clips, offset, length, data)
            : throw reader.Wrong("it does not lie within its clip, or its clip not within the request");
    }
}
