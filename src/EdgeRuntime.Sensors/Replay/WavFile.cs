using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>
/// A WAV file: PCM of 8, 16, 24 or 32 bits, or float of 32 or 64, with any number of channels, plain or as
/// WAVE_FORMAT_EXTENSIBLE.
/// </summary>
/// <remarks>
/// Source of the format: "Multimedia Programming Interface and Data Specifications 1.0" (IBM, Microsoft 1991), and
/// Microsoft's "Multiple channel audio data and WAVE files" for the extensible form.
/// </remarks>
public sealed class WavFile
{
    private const int MostChannels = 1024;
    private const int MostRateHz = 10_000_000;
    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int Extensible = 0xFFFE;

    // A writer that could not go back to fill in the length leaves one from here on: sox 0x7FFFF000 or a little more,
    // arecord 0x80000000 less its header, ffmpeg 0xFFFFFFFF.
    private const uint Unknown = 0x7FFFF000;

    private WavFile(int rateHz, FrameStore frames)
    {
        RateHz = rateHz;
        Frames = frames;
    }

    /// <summary>Frames per second; 1 to 10,000,000.</summary>
    public int RateHz { get; }

    /// <summary>The samples; full scale is 1.</summary>
    public FrameStore Frames { get; }

    // The tail of the GUIDs that stand for format tags (KSDATAFORMAT_SUBTYPE_*), behind their first two bytes.
    private static ReadOnlySpan<byte> SubFormatTail =>
        [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">What mistakes call it.</param>
    /// <param name="content">Kept, not copied.</param>
    /// <exception cref="RecordingException">It is malformed, or holds something else than plain samples; says at which byte.</exception>
    public static WavFile Parse(string path, ReadOnlyMemory<byte> content)
    {
        ReadOnlySpan<byte> bytes = content.Span;
        if (bytes.Length < 12 || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes.Slice(8, 4).SequenceEqual("WAVE"u8))
        {
            bool other = bytes.Length >= 4 && (bytes[..4].SequenceEqual("RIFX"u8) || bytes[..4].SequenceEqual("RF64"u8));
            throw Refused(path, 0, other
                ? $"a WAV file of the kind {Text(bytes[..4])} is not read here; write it as RIFF"
                : "does not begin as a WAV file does (RIFF, length, WAVE)");
        }

        Format? format = null;
        long at = 12;
        while (at + 8 <= bytes.Length)
        {
            ReadOnlySpan<byte> id = bytes.Slice((int)at, 4);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)at + 4)..]);
            long start = at + 8;
            if (id.SequenceEqual("data"u8))
            {
                Format known = format ?? throw Refused(path, at, "the samples come before the chunk 'fmt ' that tells what they are");
                return Samples(path, content, start, size, known);
            }

            if (start + size > bytes.Length)
            {
                throw Refused(path, at, $"the chunk '{Text(id)}' is {size} bytes long, {bytes.Length - start} are there");
            }

            if (id.SequenceEqual("fmt "u8))
            {
                format = Format.Read(path, start, bytes.Slice((int)start, (int)size));
            }

            // Chunks begin at even places.
            at = start + size + (size & 1);
        }

        throw Refused(path, bytes.Length, "the file ends without a chunk 'data'");
    }

    private static WavFile Samples(string path, ReadOnlyMemory<byte> content, long start, uint size, Format format)
    {
        long there = content.Length - start;
        long length = size >= Unknown && size > there ? there : size;
        if (length > there)
        {
            throw Refused(path, start, $"the samples are {length} bytes long, {there} are there: the file was cut off; copy it whole, or write its length anew (sox --ignore-length IN OUT)");
        }

        FrameStore frames = new(content.Slice((int)start, (int)length), format.Encoding, format.Channels);
        return frames.Frames > 0 ? new WavFile(format.RateHz, frames) : throw Refused(path, start, size == 0 && there > 0
            ? $"the samples are said to be 0 bytes long, {there} bytes follow: the recorder was stopped before it wrote the length; write it anew (sox --ignore-length IN OUT)"
            : "there is not one whole frame of samples");
    }

    private static RecordingException Refused(string path, long offset, string sentence) => new(path, [$"byte {offset}: {sentence}"]);

    private static string Text(ReadOnlySpan<byte> id) =>
        string.Concat(Encoding.Latin1.GetString(id).Select(c => c is >= ' ' and <= '~' ? c : '?'));

    private readonly record struct Format(SampleEncoding Encoding, int Channels, int RateHz)
    {
        public static Format Read(string path, long offset, ReadOnlySpan<byte> chunk)
        {
            if (chunk.Length < 16)
            {
                throw Refused(path, offset, $"the chunk 'fmt ' has {chunk.Length} bytes; it needs 16 at least");
            }

            int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
            int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
            uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            int align = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
            int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
            if (channels is < 1 or > MostChannels)
            {
                throw Refused(path, offset + 2, $"{channels} channels; 1 to {MostChannels} are read");
            }

            if (rate is < 1 or > MostRateHz)
            {
                throw Refused(path, offset + 4, $"{rate} frames per second; 1 to {MostRateHz} are read");
            }

            if (tag == Extensible)
            {
                tag = SubFormat(path, offset, chunk);
            }

            SampleEncoding encoding = (tag, bits) switch
            {
                (Pcm, 8) => SampleEncoding.Pcm8,
                (Pcm, 16) => SampleEncoding.Pcm16,
                (Pcm, 24) => SampleEncoding.Pcm24,
                (Pcm, 32) => SampleEncoding.Pcm32,
                (IeeeFloat, 32) => SampleEncoding.Float32,
                (IeeeFloat, 64) => SampleEncoding.Float64,
                (Pcm or IeeeFloat, _) => throw Refused(
                    path, offset + 14, $"{(tag == Pcm ? "PCM" : "float")} of {bits} bits; PCM of 8, 16, 24 and 32 and float of 32 and 64 are read"),
                _ => throw Refused(path, offset, $"{NameOf(tag)} is not read here; convert it to PCM or float"),
            };
            int width = FrameStore.WidthOf(encoding) * channels;
            return align == width
                ? new Format(encoding, channels, (int)rate)
                : throw Refused(path, offset + 12, $"a frame is said to have {align} bytes; {channels} channels of {bits} bits have {width}");
        }

        private static int SubFormat(string path, long offset, ReadOnlySpan<byte> chunk)
        {
            if (chunk.Length < 40)
            {
                throw Refused(path, offset, $"the extensible chunk 'fmt ' has {chunk.Length} bytes; it needs 40");
            }

            return chunk.Slice(26, 14).SequenceEqual(SubFormatTail)
                ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..])
                : throw Refused(path, offset + 24, "the sub-format is none of Microsoft's format tags; convert it to PCM or float");
        }

        private static string NameOf(int tag) => tag switch
        {
            2 => "ADPCM",
            6 => "A-law",
            7 => "mu-law",
            0x11 => "IMA ADPCM",
            0x55 => "MP3",
            _ => $"the compression with tag {tag}",
        };
    }
}
