using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tests;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Simulated;

namespace EdgeRuntime.Sensors.Tests.Replay;

/// <summary>Replay of .npy and WAV files. The bytes are put together here after the formats' descriptions.</summary>
public sealed class ArrayReplayTests
{
    private const string Speech = "silero_vad/test.wav";
    private const double SileroSum = -47.66143798828125;
    private const double SileroSquares = 4308.630390744656;

    [Theory]
    [InlineData(ArrayFormat.Npy, "r.npy")]
    [InlineData(ArrayFormat.Wav, "r.wav")]
    public async Task What_was_recorded_as_an_array_replays_to_the_bit(ArrayFormat format, string name)
    {
        using Scratch scratch = new();
        using SimulatedSensor original = new(new FakeClock(), new SimulatedOptions { Seed = 5, Speed = 0 });
        using SimulatedSensor again = new(new FakeClock(), new SimulatedOptions { Seed = 5, Speed = 0 });
        string path = Path.Combine(scratch.Root, name);
        await using (FileStream output = new(path, FileMode.Create))
        {
            Recorder recorder = new(original, new FakeClock(), new RecorderOptions { Seconds = 2 }, null);
            Assert.Equal(2048, await recorder.RecordAsync(output, format, CancellationToken.None));
        }

        string[] columns = [.. original.Channels.Select(channel => $"{channel.Name}[{channel.Unit}]")];
        using ReplaySensor replay = new(
            new FakeClock(), new ReplayOptions { Path = path, Speed = 0, RateHz = 1024, Columns = columns });

        Assert.Equal(again.Channels, replay.Channels);
        Assert.Equal(1024, replay.RateHz);
        for (int i = 0; i < 2048; i++)
        {
            Assert.Equal(again.ReadFrame(), replay.ReadFrame());
        }

        Assert.True(replay.Ended);
    }

    [Theory]
    [InlineData(8, 1, new byte[] { 0, 128, 192 }, new[] { -1.0, 0, 0.5 })]
    [InlineData(16, 1, new byte[] { 0, 128, 0, 0, 0, 64, 255, 127 }, new[] { -1.0, 0, 0.5, 32767 / 32768.0 })]
    [InlineData(24, 1, new byte[] { 0, 0, 128, 1, 0, 0, 255, 255, 255 }, new[] { -1.0, 1 / 8388608.0, -1 / 8388608.0 })]
    [InlineData(32, 1, new byte[] { 0, 0, 0, 128, 1, 0, 0, 0 }, new[] { -1.0, 1 / 2147483648.0 })]
    [InlineData(32, 3, new byte[] { 0, 0, 192, 63, 0, 0, 128, 191 }, new[] { 1.5, -1.0 })]
    [InlineData(64, 3, new byte[] { 0, 0, 0, 0, 0, 0, 248, 63 }, new[] { 1.5 })]
    public void Every_kind_of_sample_is_read_at_full_scale_one(int bits, int tag, byte[] data, double[] expected)
    {
        using Scratch scratch = new();
        foreach (bool extensible in new[] { false, true })
        {
            using ReplaySensor sensor = Replay(scratch, Wav(tag, 1, 100, bits, data, extensible));

            Assert.Equal(expected, ReadAll(sensor).Select(frame => frame[0]));
            Assert.Equal([new Channel("audio", "1")], sensor.Channels);
        }
    }

    [Fact]
    public void Channels_of_a_wav_are_the_values_of_a_frame_and_chunks_around_the_samples_are_skipped()
    {
        using Scratch scratch = new();
        byte[] wav = Wav(1, 2, 8000, 16, [0, 64, 0, 192, 0, 0, 0, 32], extensible: false, before: [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0]);

        using ReplaySensor sensor = Replay(scratch, wav);

        Assert.Equal(8000, sensor.RateHz);
        Assert.Equal(["audio_0", "audio_1"], sensor.Channels.Select(channel => channel.Name));
        Assert.Equal([[0.5, -0.5], [0, 0.25]], ReadAll(sensor));
    }

    [Fact]
    public void A_block_is_due_with_its_last_frame_and_its_frames_keep_their_own_times()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        byte[] data = new byte[10 * 2];
        using ReplaySensor sensor = Replay(scratch, Wav(1, 1, 10, 16, data), clock, options => options with { BlockFrames = 4 });
        double[] frame = new double[1];
        List<(double Read, double Taken)> times = [];

        while (!sensor.Ended)
        {
            clock.Advance(Math.Max(sensor.NextDue - clock.GetTimestamp(), 0) / (double)clock.TimestampFrequency);
            while (sensor.TryRead(frame, out FrameTime time))
            {
                times.Add((Math.Round(clock.GetTimestamp() / 1e7, 6), Math.Round(time.Timestamp / 1e7, 6)));
            }
        }

        // The first block is there at once; the last one is short.
        Assert.Equal(
            [(0, -0.3), (0, -0.2), (0, -0.1), (0, 0), (0.4, 0.1), (0.4, 0.2), (0.4, 0.3), (0.4, 0.4), (0.6, 0.5), (0.6, 0.6)], times);
    }

    [Fact]
    public void An_array_of_one_dimension_is_one_channel_and_starts_and_loops_like_every_recording()
    {
        using Scratch scratch = new();
        string path = Path.Combine(scratch.Root, "a.npy");
        File.WriteAllBytes(path, Npy("<i2", "(3,)", [1, 0, 2, 0, 255, 255]));
        using ReplaySensor sensor = new(
            new FakeClock(), new ReplayOptions { Path = path, RateHz = 10, Speed = 0, Loop = true, StartSeconds = 0.1 });

        Assert.Equal([2, -1, 1, 2, -1], Enumerable.Range(0, 5).Select(_ => sensor.ReadFrame()[0]));
        Assert.Equal([new Channel("c0", "1")], sensor.Channels);
    }

    [Theory]
    [InlineData("|b1", new byte[] { 1, 0 }, new[] { 1.0, 0 })]
    [InlineData("|u1", new byte[] { 255, 0 }, new[] { 255.0, 0 })]
    [InlineData(">u2", new byte[] { 1, 0, 0, 1 }, new[] { 256.0, 1 })]
    [InlineData("<f2", new byte[] { 0, 60, 0, 192 }, new[] { 1.0, -2 })]
    [InlineData("<i8", new byte[] { 254, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0 }, new[] { -2.0, 1 })]
    public void Numbers_of_every_type_are_channels(string type, byte[] data, double[] expected)
    {
        using Scratch scratch = new();
        string path = Path.Combine(scratch.Root, "a.npy");
        File.WriteAllBytes(path, Npy(type, "(1, 2)", data));
        using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = path, RateHz = 10 });

        Assert.Equal(expected, sensor.ReadFrame());
    }

    [Fact]
    public void Replaying_audio_allocates_nothing()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, Wav(1, 2, 1000, 24, new byte[600]), clock, options => options with { Loop = true });

        Assert.Equal(0, sensor.AllocatedOver(1000, clock, 0.01));
    }

    [Theory]
    [InlineData("RIFF", "byte 0: does not begin as a WAV file does (RIFF, length, WAVE)")]
    [InlineData("RF64....WAVE", "byte 0: a WAV file of the kind RF64 is not read here; write it as RIFF")]
    [InlineData("RIFF....WAVE", "byte 12: the file ends without a chunk 'data'")]
    [InlineData("RIFF....WAVEdata\u0001\0\0\0.", "byte 12: the samples come before the chunk 'fmt ' that tells what they are")]
    [InlineData("RIFF....WAVEfmt \u0010\0\0\0..", "byte 12: the chunk 'fmt ' is 16 bytes long, 2 are there")]
    [InlineData("RIFF....WAVEjunk\u00ff\u00ff\u00ff\u00ff..", "byte 12: the chunk 'junk' is 4294967295 bytes long, 2 are there")]
    public void A_file_that_is_no_wav_is_refused_with_its_place(string content, string expected) =>
        Assert.Equal([expected], Refused([.. content.Select(c => (byte)c)]));

    [Fact]
    public void What_a_wav_holds_instead_of_plain_samples_is_named()
    {
        Assert.Equal(["byte 20: mu-law is not read here; convert it to PCM or float"], Refused(Wav(7, 1, 8000, 8, [0])));
        Assert.Equal(
            ["byte 34: PCM of 12 bits; PCM of 8, 16, 24 and 32 and float of 32 and 64 are read"], Refused(Wav(1, 1, 8000, 12, [0, 0])));
        Assert.Equal(["byte 22: 0 channels; 1 to 1024 are read"], Refused(Wav(1, 0, 8000, 16, [0, 0])));
        Assert.Equal(["byte 24: 0 frames per second; 1 to 10000000 are read"], Refused(Wav(1, 1, 0, 16, [0, 0])));
        Assert.Equal(["byte 44: there is not one whole frame of samples"], Refused(Wav(1, 2, 8000, 16, [0, 0])));
        Assert.Equal(
            ["byte 44: the samples are 4 bytes long, 2 are there: the file was cut off; copy it whole, or write its length anew (sox --ignore-length IN OUT)"], Refused(Wav(1, 1, 8000, 16, [0, 0, 0, 0])[..^2]));
    }

    // What sox, arecord and ffmpeg leave there when they write into a pipe, or are killed.
    [Theory]
    [InlineData(0x7FFFF000u)]
    [InlineData(0x7FFFFFDCu)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void A_wav_whose_recorder_never_wrote_its_length_is_read_to_its_end(uint length)
    {
        using Scratch scratch = new();
        byte[] wav = Wav(1, 1, 1000, 16, [0, 64, 0, 128, 7]);
        BitConverter.TryWriteBytes(wav.AsSpan(40), length);
        using ReplaySensor sensor = Replay(scratch, wav, new FakeClock(), options => options with { Speed = 0 });

        Assert.Equal([0.5], sensor.ReadFrame());
        Assert.Equal([-1], sensor.ReadFrame());
        Assert.True(sensor.Ended);
    }

    [Fact]
    public void A_wav_said_to_be_empty_with_samples_behind_is_told_from_an_empty_one()
    {
        byte[] wav = Wav(1, 1, 1000, 16, [0, 64, 0, 128]);
        wav.AsSpan(40, 4).Clear();

        Assert.StartsWith("byte 44: the samples are said to be 0 bytes long, 4 bytes follow: ", Assert.Single(Refused(wav)), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_that_are_no_recording_are_refused_with_what_to_do()
    {
        Assert.Equal(
            "an array does not tell its rate; give rate_hz, the frames per second", RefusedNpy(Npy("|u1", "(1,)", [0]), rate: 0));
        Assert.Equal(
            "the array has 3 dimensions; a recording has one (frames) or two (frames, channels)",
            RefusedNpy(Npy("|u1", "(1, 1, 1)", [0])));
        Assert.Equal(
            "the array has 0 frames of 2 channels; at least 1 frame of 1 to 4096 is needed", RefusedNpy(Npy("|u1", "(0, 2)", [])));
        Assert.Equal("offset 80: shape [2] of '|u1' takes 2 bytes, 1 are there", RefusedNpy(Npy("|u1", "(2,)", [0])));
        Assert.Equal(
            "columns names 2, the file has 1 channels; name each, in order",
            RefusedNpy(Npy("|u1", "(1,)", [0]), options => options with { Columns = ["a", "b"] }));
        Assert.Equal(
            "the recording holds more than 3 values; raise max_values or cut it",
            RefusedNpy(Npy("|u1", "(4,)", [0, 0, 0, 0]), options => options with { MaxValues = 3 }));
    }

    // The model's own inputs, which its makers computed in TensorFlow from these recordings, within a step of their 8 bits.
    [MaterialFact("kws/audio/labels.csv")]
    public void Spoken_words_become_the_features_that_the_keyword_model_was_trained_on()
    {
        const double Step = 0.5847029089927673;
        FeatureSpec cepstra = new()
        {
            Name = "cepstra",
            Channel = "audio",
            Statistic = "mfcc",
            LowHz = 20,
            HighHz = 4000,
            Normalize = "max",
            Mel = new MelSpec { Bands = 40, FrameLength = 480, FrameStep = 320, Coefficients = 10 },
        };
        ModelManifest manifest = new()
        {
            Schema = 1,
            Name = "words",
            Version = "1.0.0",
            ReleaseCounter = 1,
            Description = "Words.",
            Channels = [new ManifestChannel("audio", "1")],
            Pipeline = new PipelineSpec { RateHz = 16000, WindowFrames = 16000, HopFrames = 16000, Features = [cepstra] },
            Model = new ModelSpec { File = "model.onnx", Input = "features", Output = "y" },
            Output = new OutputSpec { Kind = "regression", Unit = "1" },
            Decision = new DecisionSpec { Threshold = 0.5 },
            Soak = new SoakSpec { Samples = 10, MaxP99Ms = 5 },
            Files = [],
        };
        string folder = Path.GetDirectoryName(Material.Find("kws/audio/labels.csv"))!;
        int compared = 0;
        foreach (string recording in Directory.GetFiles(folder, "*.wav").Order())
        {
            using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = recording, Speed = 0 });
            Assert.True(PipelineBinding.TryBind(manifest, sensor.Channels, sensor.RateHz, null, out FeaturePipeline? pipeline, out _));
            double[] frame = new double[1];
            bool complete = false;
            while (!complete && sensor.TryRead(frame, out _))
            {
                complete = pipeline.Push(frame);
            }

            byte[] known = File.ReadAllBytes(Path.Combine(folder, "..", "features", Path.ChangeExtension(Path.GetFileName(recording), ".bin")));
            for (int i = 0; complete && i < known.Length; i++)
            {
                Assert.Equal(((sbyte)known[i] - 83) * Step, pipeline.Input[i], 1.01 * Step);
            }

            compared += complete ? 1 : 0;
        }

        Assert.True(compared > 0);
    }

    [MaterialFact(Speech)]
    public void Real_speech_is_read_as_another_program_reads_it()
    {
        using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = Material.Find(Speech)!, Speed = 0 });
        double sum = 0;
        double squares = 0;
        long frames = 0;
        for (double[] frame = new double[1]; sensor.TryRead(frame, out _); frames++)
        {
            sum += frame[0];
            squares += frame[0] * frame[0];
        }

        // From Python's own module wave: getnframes, and sums of the samples over 32768.
        Assert.Equal((16000, 960000L), (sensor.RateHz, frames));
        Assert.Equal(SileroSum, sum, 9);
        Assert.Equal(SileroSquares, squares, 9);
    }


    private static ReplaySensor Replay(
        Scratch scratch, byte[] wav, FakeClock? clock = null, Func<ReplayOptions, ReplayOptions>? change = null)
    {
        string path = Path.Combine(scratch.Root, "a.wav");
        File.WriteAllBytes(path, wav);
        ReplayOptions options = new() { Path = path, Speed = clock is null ? 0 : 1 };
        return new ReplaySensor(clock ?? new FakeClock(), change?.Invoke(options) ?? options);
    }

    private static List<double[]> ReadAll(ReplaySensor sensor)
    {
        List<double[]> frames = [];
        while (!sensor.Ended)
        {
            frames.Add(sensor.ReadFrame());
        }

        return frames;
    }

    private static IReadOnlyList<string> Refused(byte[] wav) =>
        Assert.Throws<RecordingException>(() => WavFile.Parse("a.wav", wav)).Mistakes;

    private static string RefusedNpy(byte[] npy, Func<ReplayOptions, ReplayOptions>? change = null, double rate = 10)
    {
        using Scratch scratch = new();
        string path = Path.Combine(scratch.Root, "a.npy");
        File.WriteAllBytes(path, npy);
        ReplayOptions options = new() { Path = path, RateHz = rate };
        RecordingException refused = Assert.Throws<RecordingException>(
            () => new ReplaySensor(new FakeClock(), change?.Invoke(options) ?? options));
        return Assert.Single(refused.Mistakes);
    }

    private static byte[] Wav(int tag, int channels, int rate, int bits, byte[] data, bool extensible = false, byte[]? before = null)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        int width = channels * ((bits + 7) / 8);
        writer.Write("RIFF"u8);
        writer.Write(0);
        writer.Write("WAVE"u8);
        writer.Write(before ?? []);
        writer.Write("fmt "u8);
        writer.Write(extensible ? 40 : 16);
        writer.Write((ushort)(extensible ? 0xFFFE : tag));
        writer.Write((ushort)channels);
        writer.Write(rate);
        writer.Write(rate * width);
        writer.Write((ushort)width);
        writer.Write((ushort)bits);
        if (extensible)
        {
            writer.Write((ushort)22);
            writer.Write((ushort)bits);
            writer.Write(0);

            // As Windows' own headers write the sub-format: the tag, then 0000-0010-8000-00AA00389B71.
            writer.Write(new Guid(tag, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71).ToByteArray());
        }

        writer.Write("data"u8);
        writer.Write(data.Length);
        writer.Write(data);
        return stream.ToArray();
    }

    private static byte[] Npy(string type, string shape, byte[] data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(69) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header.Select(c => (byte)c), .. data];
    }
}
