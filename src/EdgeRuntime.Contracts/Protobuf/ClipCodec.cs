using System.Buffers.Binary;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>Clips as protobuf; <c>Protos/sample.proto</c> is the schema.</summary>
public static class ClipCodec
{
    /// <summary>Most frames of a clip.</summary>
    public const int MostFrames = (2 * 65_536) + 1;

    private const int DigestBytes = 32;
    private const int LongestText = 256;
    private const int MostChannels = 4096;
    private const int LargestSide = 8192;

    /// <summary>Writes a clip.</summary>
    public static byte[] Write(CapturedClip clip)
    {
        ProtoWriter writer = new();
        writer.Text(1, clip.Model);
        writer.Text(2, clip.Version);
        writer.Bytes(3, Convert.FromHexString(clip.Digest.ToString()));
        writer.Fixed(4, clip.Boot.Value);
        writer.Text(5, clip.Reason.ToString().ToLowerInvariant());
        writer.Count(6, clip.TriggerUnixMs);
        writer.Count(7, clip.TriggerN);
        writer.Fixed(8, BitConverter.DoubleToUInt64Bits(clip.RateHz));
        foreach (CapturedChannel channel in clip.Channels)
        {
            ProtoWriter entry = new();
            entry.Text(1, channel.Name);
            entry.Text(2, channel.Unit);
            entry.Text(3, channel.Filter);
            writer.Element(9, entry.Written);
        }

        if (clip.Picture is CapturedPicture picture)
        {
            ProtoWriter entry = new();
            entry.Count(1, picture.Width);
            entry.Count(2, picture.Height);
            entry.Text(3, picture.Colours);
            entry.Text(4, picture.Filter);
            writer.Element(10, entry.Written);
        }

        foreach (CapturedFrame frame in clip.Frames)
        {
            writer.Element(11, Write(frame, clip.TriggerUnixMs).Written);
        }

        foreach (CapturedAnswer answer in clip.Answers)
        {
            ProtoWriter entry = new();
            entry.Signed(1, answer.UnixMs - clip.TriggerUnixMs);
            entry.Count(2, answer.N);
            entry.Text(3, answer.Label);
            entry.Fixed(4, BitConverter.DoubleToUInt64Bits(answer.Score));
            entry.Text(5, answer.Decision);
            writer.Element(12, entry.Written);
        }

        return writer.Written.ToArray();
    }

    /// <summary>Reads a clip.</summary>
    /// <exception cref="FormatException">The bytes are none; the message says what is wrong.</exception>
    public static CapturedClip Read(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "clip");
        (string model, string version, string reason) = ("", "", "");
        ModelId digest = default;
        (ulong boot, ulong rate, long trigger, long n) = (0, 0, 0, 0);
        CapturedPicture? picture = null;
        List<CapturedChannel> channels = [];
        List<CapturedFrame> frames = [];
        List<CapturedAnswer> answers = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: model = reader.Text(LongestText); break;
                case 2: version = reader.Text(LongestText); break;
                case 3: digest = Digest(ref reader); break;
                case 4: boot = reader.Fixed(); break;
                case 5: reason = reader.Text(LongestText); break;
                case 6: trigger = reader.Count(); break;
                case 7: n = reader.Count(); break;
                case 8: rate = reader.Fixed(); break;
                case 9 when channels.Count < MostChannels: channels.Add(Channel(reader.Bytes())); break;
                case 10: picture = Picture(reader.Bytes()); break;
                case 11 when frames.Count < MostFrames: frames.Add(Frame(reader.Bytes(), trigger)); break;
                case 12 when answers.Count < MostFrames: answers.Add(Answer(reader.Bytes(), trigger)); break;
                case 9 or 11 or 12: throw reader.Wrong($"field {reader.Field} comes too often");
                default: reader.Skip(); break;
            }
        }

        CapturedClip clip = new()
        {
            Model = model,
            Version = version,
            Digest = digest,
            Boot = new BootId(boot),
            Reason = Enum.TryParse(reason, ignoreCase: true, out CaptureReason parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(reason[0])
                ? parsed
                : throw reader.Wrong($"'{JsonValue.Shortened(reason)}' is no reason"),
            TriggerUnixMs = trigger,
            TriggerN = n,
            RateHz = BitConverter.UInt64BitsToDouble(rate),
            Channels = channels,
            Picture = picture,
            Frames = frames,
            Answers = answers,
        };
        return Contradiction(clip) is string wrong ? throw reader.Wrong(wrong) : clip;
    }

    private static ProtoWriter Write(CapturedFrame frame, long triggerUnixMs)
    {
        ProtoWriter entry = new();
        entry.Signed(1, frame.UnixMs - triggerUnixMs);
        entry.Fixed(2, BitConverter.DoubleToUInt64Bits(frame.Seconds));
        byte[] values = new byte[frame.Values.Length * sizeof(double)];
        for (int i = 0; i < frame.Values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(values.AsSpan(i * sizeof(double)), frame.Values.Span[i]);
        }

        entry.Bytes(3, values);
        entry.Bytes(4, frame.Pixels.Span);
        return entry;
    }

    private static string? Contradiction(CapturedClip clip) =>
        clip.Digest == default ? "the package's digest is missing"
        : !(clip.RateHz > 0 && double.IsFinite(clip.RateHz)) ? "the rate is no rate"
        : clip.Frames.FirstOrDefault(frame => frame.Values.Length != clip.Channels.Count) is { } odd
            ? $"a frame has {odd.Values.Length} values for {clip.Channels.Count} channels"
        : clip.Frames.Any(frame => frame.Pixels.Length > 0 && frame.Pixels.Length != clip.Picture?.Bytes) ? "a picture has not the size that it should have"
        : clip.Frames.Any(frame => !double.IsFinite(frame.Seconds)) ? "a frame has no time"
        : WrongText(clip);

    // They become names of columns, members and lines in a terminal, where a manifest's own would be safe.
    private static string? WrongText(CapturedClip clip) =>
        clip.Model.Length == 0 || clip.Channels.Any(channel => channel.Name.Length == 0) ? "a name is missing"
        : clip.Channels.DistinctBy(channel => channel.Name).Count() < clip.Channels.Count ? "two channels have one name"
        : PackageNames.Model(clip.Model)
            ?? PackageNames.Version(clip.Version)
            ?? clip.Channels.Select(channel => PackageNames.Signal(channel.Name) ?? PackageNames.Unit(channel.Unit)).FirstOrDefault(wrong => wrong is not null)
            ?? Texts(clip).Select(text => PackageNames.Line(text, LongestText) is string wrong ? $"a text {wrong}" : null).FirstOrDefault(wrong => wrong is not null);

    private static IEnumerable<string> Texts(CapturedClip clip) =>
    [
        .. clip.Channels.Select(channel => channel.Filter),
        clip.Picture?.Filter ?? "",
        .. clip.Answers.SelectMany(answer => (string[])[answer.Label, answer.Decision]),
    ];

    private static CapturedChannel Channel(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "channel");
        (string name, string unit, string filter) = ("", "", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(LongestText); break;
                case 2: unit = reader.Text(LongestText); break;
                case 3: filter = reader.Text(LongestText); break;
                default: reader.Skip(); break;
            }
        }

        return new CapturedChannel(name, unit, filter);
    }

    private static CapturedPicture Picture(ReadOnlySpan<byte> bytes)
    {
        ProtoReader reader = new(bytes, "picture");
        (long width, long height, string colours, string filter) = (0, 0, "", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: width = reader.Count(); break;
                case 2: height = reader.Count(); break;
                case 3: colours = reader.Text(LongestText); break;
                case 4: filter = reader.Text(LongestText); break;
                default: reader.Skip(); break;
            }
        }

        return width is > 0 and <= LargestSide && height is > 0 and <= LargestSide && colours is "rgb" or "bgr" or "gray"
            ? new CapturedPicture((int)width, (int)height, colours, filter)
            : throw reader.Wrong("it has no size or no colours");
    }

    private static CapturedFrame Frame(ReadOnlySpan<byte> bytes, long triggerUnixMs)
    {
        ProtoReader reader = new(bytes, "frame");
        (long unixMs, ulong seconds) = (0, 0);
        double[] values = [];
        byte[] pixels = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: unixMs = reader.Signed(); break;
                case 2: seconds = reader.Fixed(); break;
                case 3: values = Values(reader.Bytes()); break;
                case 4: pixels = reader.Bytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        return new CapturedFrame(unchecked(triggerUnixMs + unixMs), BitConverter.UInt64BitsToDouble(seconds), values, pixels);
    }

    private static double[] Values(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(double) != 0)
        {
            throw new FormatException("frame: its values end within one");
        }

        double[] values = new double[bytes.Length / sizeof(double)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
        }

        return values;
    }

    private static CapturedAnswer Answer(ReadOnlySpan<byte> bytes, long triggerUnixMs)
    {
        ProtoReader reader = new(bytes, "answer");
        (long unixMs, long n, string label, ulong score, string decision) = (0, 0, "", 0, "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: unixMs = reader.Signed(); break;
                case 2: n = reader.Count(); break;
                case 3: label = reader.Text(LongestText); break;
                case 4: score = reader.Fixed(); break;
                case 5: decision = reader.Text(LongestText); break;
                default: reader.Skip(); break;
            }
        }

        return new CapturedAnswer(unchecked(triggerUnixMs + unixMs), n, label, BitConverter.UInt64BitsToDouble(score), decision);
    }

    private static ModelId Digest(ref ProtoReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Bytes();
        return bytes.Length == DigestBytes && ModelId.TryParse(Convert.ToHexStringLower(bytes), out ModelId digest)
            ? digest
            : throw reader.Wrong($"a digest of {bytes.Length} bytes is not {DigestBytes}");
    }
}
