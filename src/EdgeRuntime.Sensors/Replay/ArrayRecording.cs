using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>Recordings of frames at an even rate without a time of their own: .npy and WAV files.</summary>
internal static class ArrayRecording
{
    // A header, and chunks of text that some programs put into WAV files.
    private const int MostOverhead = 1024 * 1024;
    private const int MostChannels = 4096;

    /// <exception cref="RecordingException">The file is not a recording; says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Recording ReadNpy(ReplayOptions options)
    {
        CheckSize(options);
        Tensor tensor;
        try
        {
            tensor = TensorFile.Read(options.Path, new RawFormat(), Undeclared);
        }
        catch (TensorFileException e)
        {
            string prefix = $"{options.Path}: ";
            throw Refused(options, e.Message.StartsWith(prefix, StringComparison.Ordinal) ? e.Message[prefix.Length..] : e.Message);
        }

        if (tensor.Shape.Count is not (1 or 2))
        {
            throw Refused(options, $"the array has {tensor.Shape.Count} dimensions; a recording has one (frames) or two (frames, channels)");
        }

        if (options.RateHz <= 0)
        {
            throw Refused(options, "an array does not tell its rate; give rate_hz, the frames per second");
        }

        long channels = tensor.Shape.Count == 1 ? 1 : tensor.Shape[1];
        if (tensor.Shape[0] < 1 || channels is < 1 or > MostChannels)
        {
            throw Refused(options, $"the array has {tensor.Shape[0]} frames of {channels} channels; at least 1 frame of 1 to {MostChannels} is needed");
        }

        FrameStore frames = new(tensor.Bytes, EncodingOf(options, tensor.Element), (int)channels);
        return Assemble(options, frames, options.RateHz, "c");
    }

    /// <exception cref="RecordingException">The file is not a recording; says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Recording ReadWav(ReplayOptions options)
    {
        CheckSize(options);
        WavFile wav = WavFile.Parse(options.Path, File.ReadAllBytes(options.Path));
        if (options.RateHz > 0 && options.RateHz != wav.RateHz)
        {
            throw Refused(options, $"the file says {wav.RateHz} frames per second, rate_hz {options.RateHz}; leave rate_hz out");
        }

        return Assemble(options, wav.Frames, wav.RateHz, "audio");
    }

    private static TensorInfo Undeclared => new("", TensorElement.Undefined, []);

    // Before a byte of it is read: a value has 8 bytes at most.
    private static void CheckSize(ReplayOptions options)
    {
        long size = new FileInfo(options.Path).Length;
        if (size > (options.MaxValues * 8L) + MostOverhead)
        {
            throw TooLong(options);
        }
    }

    private static Recording Assemble(ReplayOptions options, FrameStore frames, double rateHz, string name)
    {
        if ((long)frames.Frames * frames.Channels > options.MaxValues)
        {
            throw TooLong(options);
        }

        if (options.Columns.Count > 0 && options.Columns.Count != frames.Channels)
        {
            throw Refused(options, $"columns names {options.Columns.Count}, the file has {frames.Channels} channels; name each, in order");
        }

        string[] names = options.Columns.Count > 0 ? [.. options.Columns]
            : frames.Channels == 1 && name != "c" ? [name]
            : [.. Enumerable.Range(0, frames.Channels).Select(i => name == "c" ? $"c{i}" : $"{name}_{i}")];
        return new Recording
        {
            Channels = [.. names.Select(ChannelOf)],
            Frames = frames,
            Seconds = null,
            StartUnixMs = null,
            RateHz = rateHz,
            Labels = [],
            LabelNames = [],
        };
    }

    private static Channel ChannelOf(string column)
    {
        (string name, string unit) = RecordingReader.SplitUnit(column);
        return new Channel(name, unit);
    }

    private static SampleEncoding EncodingOf(ReplayOptions options, TensorElement element) => element switch
    {
        TensorElement.Bool => SampleEncoding.Bool,
        TensorElement.Int8 => SampleEncoding.Int8,
        TensorElement.UInt8 => SampleEncoding.UInt8,
        TensorElement.Int16 => SampleEncoding.Int16,
        TensorElement.UInt16 => SampleEncoding.UInt16,
        TensorElement.Int32 => SampleEncoding.Int32,
        TensorElement.UInt32 => SampleEncoding.UInt32,
        TensorElement.Int64 => SampleEncoding.Int64,
        TensorElement.UInt64 => SampleEncoding.UInt64,
        TensorElement.Float16 => SampleEncoding.Float16,
        TensorElement.Float32 => SampleEncoding.Float32,
        TensorElement.Float64 => SampleEncoding.Float64,
        _ => throw Refused(options, $"elements of type {element.Name()} are no numbers"),
    };

    private static RecordingException TooLong(ReplayOptions options) =>
        Refused(options, $"the recording holds more than {options.MaxValues} values; raise max_values or cut it");

    private static RecordingException Refused(ReplayOptions options, string sentence) => new(options.Path, [sentence]);
}
