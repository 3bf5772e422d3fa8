using System.Buffers.Binary;
using System.IO.Compression;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Sensors.Tests.Replay.Pictures;

/// <summary>The pictures of Fixtures/pictures and what Pillow reads from them (make.py beside them).</summary>
public sealed class PictureReplayTests
{
    private const int Side = 3;

    public static TheoryData<string> Pngs
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string file in Directory.GetFiles(Scratch.Fixture("pictures"), "*.png").Order())
            {
                names.Add(Path.GetFileNameWithoutExtension(file));
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Pngs))]
    public void A_png_of_every_colour_type_and_depth_is_read_as_another_program_reads_it(string name)
    {
        byte[] rgb = File.ReadAllBytes(Scratch.Fixture($"pictures/{name}.rgb"));

        Assert.Equal(rgb, Decode(name, PixelFormat.Rgb24));
        Assert.Equal(rgb.Chunk(3).SelectMany(pixel => pixel.Reverse()), Decode(name, PixelFormat.Bgr24));
        foreach ((byte[] colours, byte gray) in rgb.Chunk(3).Zip(Decode(name, PixelFormat.Gray8)))
        {
            Assert.InRange(gray, (0.299 * colours[0]) + (0.587 * colours[1]) + (0.114 * colours[2]) - 0.51, 255);
            Assert.InRange(gray, 0, (0.299 * colours[0]) + (0.587 * colours[1]) + (0.114 * colours[2]) + 0.51);
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, 1)]
    [InlineData(CompressionLevel.Fastest, 2)]
    [InlineData(CompressionLevel.Optimal, 3)]
    [InlineData(CompressionLevel.SmallestSize, 4)]
    public void What_the_platform_compresses_comes_back_to_the_byte(CompressionLevel level, int seed)
    {
        Random random = new(seed);
        Inflater inflater = new();
        foreach (int length in new[] { 1, 100, 70_000, 300_000 })
        {
            // Runs and noise: short and long distances, literals, and every length of code.
            byte[] plain = new byte[length];
            for (int i = 0; i < length;)
            {
                int run = Math.Min(length - i, random.Next(1, 700));
                Span<byte> part = plain.AsSpan(i, run);
                switch (random.Next(3))
                {
                    case 0:
                        part.Fill((byte)random.Next(256));
                        break;
                    case 1:
                        random.NextBytes(part);
                        break;
                    default:
                        plain.AsSpan(random.Next(i - Math.Min(run, i) + 1), Math.Min(run, i)).CopyTo(part);
                        break;
                }

                i += run;
            }

            byte[] zlib = Zlib(plain, level);
            byte[] output = new byte[length];

            Assert.Null(inflater.Inflate(zlib, output));
            Assert.Equal(plain, output);
            Assert.NotNull(inflater.Inflate(zlib.AsSpan(0, zlib.Length - 1), output));
            Assert.Equal("its compressed data are shorter than the picture", inflater.Inflate(zlib, new byte[length + 1]));
            Assert.Equal("its compressed data are longer than the picture", inflater.Inflate(zlib, new byte[length - 1]));
        }
    }

    [Fact]
    public void Damaged_data_are_refused_and_never_throw_or_hang()
    {
        Random random = new(7);
        Inflater inflater = new();
        byte[] plain = new byte[5000];
        random.NextBytes(plain.AsSpan(0, 2500));
        byte[] sound = Zlib(plain, CompressionLevel.Optimal);
        byte[] output = new byte[plain.Length];
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. sound];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            refused += inflater.Inflate(damaged, output) is null ? 0 : 1;
        }

        // The second change may be none, and may not undo the first: the checksum finds all of them.
        Assert.InRange(refused, 19_990, 20_000);
    }

    [Fact]
    public void Pictures_come_in_the_order_of_their_numbers_at_their_rate_and_start_and_loop()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        foreach ((string name, byte gray) in new[] { ("f10.png", (byte)10), ("f9.PNG", (byte)9), ("f08.png", (byte)8) })
        {
            File.WriteAllBytes(Path.Combine(scratch.Root, name), Gray(gray));
        }

        using PictureReplaySensor sensor = new(
            clock, new PictureReplayOptions { Path = scratch.Root, RateHz = 2, Pixels = PixelFormat.Gray8, Loop = true, StartSeconds = 0.5 });
        List<(double, byte)> seen = [];
        byte[] pixels = new byte[sensor.Format.Bytes];
        for (int i = 0; i < 5; i++)
        {
            clock.Advance((sensor.NextDue - clock.GetTimestamp()) / (double)clock.TimestampFrequency);
            Assert.True(sensor.TryRead(pixels, out FrameTime time));
            Assert.False(sensor.TryRead(pixels, out _));
            seen.Add(((time.UnixMs - FakeClock.StartUnixMs) / 1000.0, pixels[0]));
        }

        Assert.Equal([(0, 9), (0.5, 10), (1, 8), (1.5, 9), (2, 10)], seen);
        Assert.Equal(new ImageFormat(Side, Side, PixelFormat.Gray8), sensor.Format);
    }

    [Fact]
    public void A_damaged_picture_is_a_failed_read_that_names_it_and_the_next_one_follows()
    {
        using Scratch scratch = new();
        byte[] damaged = Gray(2);
        damaged[^20] ^= 1;
        File.WriteAllBytes(Path.Combine(scratch.Root, "1.png"), Gray(1));
        File.WriteAllBytes(Path.Combine(scratch.Root, "2.png"), damaged);
        File.WriteAllBytes(Path.Combine(scratch.Root, "3.png"), Gray(3));
        using PictureReplaySensor sensor = new(new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1, Speed = 0 });
        byte[] pixels = new byte[sensor.Format.Bytes];

        Assert.True(sensor.TryRead(pixels, out _));
        IOException fault = Assert.Throws<IOException>(() => sensor.TryRead(pixels, out _));
        Assert.True(sensor.TryRead(pixels, out _));

        Assert.Equal($"{Path.Combine(scratch.Root, "2.png")}: its chunk at byte 33 fails its checksum", fault.Message);
        Assert.Equal(3, pixels[0]);
        Assert.True(sensor.Ended);
    }

    [Fact]
    public void All_pictures_that_cannot_be_replayed_are_listed()
    {
        using Scratch scratch = new();
        byte[] huge = Gray(1);
        BinaryPrimitives.WriteUInt32BigEndian(huge.AsSpan(16), 8000);
        BinaryPrimitives.WriteUInt32BigEndian(huge.AsSpan(20), 8000);
        byte[] larger = [.. huge];
        BinaryPrimitives.WriteUInt32BigEndian(larger.AsSpan(16), 8193);
        byte[] strange = Gray(1);
        strange[25] = 5;
        File.WriteAllBytes(Path.Combine(scratch.Root, "1.png"), Gray(1));
        File.WriteAllBytes(Path.Combine(scratch.Root, "2.png"), huge);
        File.WriteAllBytes(Path.Combine(scratch.Root, "3.png"), larger);
        File.WriteAllBytes(Path.Combine(scratch.Root, "4.png"), strange);
        File.WriteAllText(Path.Combine(scratch.Root, "5.jpg"), "text");
        File.Copy(Scratch.Fixture("pictures/c0d8i0.png"), Path.Combine(scratch.Root, "6.png"));

        RecordingException refused = Assert.Throws<RecordingException>(
            () => new PictureReplaySensor(new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1 }));

        Assert.Equal(
            [
                $"2.png: it says it is 8000 x 8000 pixels large, which {huge.Length} bytes cannot hold",
                "3.png: it is 8193 x 8000 pixels large; 1 to 8192 on a side are read",
                "4.png: its colours (type 5, 8 bits) or its compression are none of PNG's",
                "5.jpg: it is neither a PNG nor a JPEG picture",
                "6.png: it is 13 x 11 pixels large and the first picture 3 x 3; they must be alike",
            ],
            refused.Mistakes);
    }

    [Fact]
    public void A_folder_without_pictures_or_with_too_many_bytes_is_refused()
    {
        using Scratch scratch = new();
        PictureReplayOptions options = new() { Path = scratch.Root, RateHz = 1, MaxBytes = 70 };

        Assert.Equal(
            ["there is no .png, .jpg or .jpeg file in this folder"],
            Assert.Throws<RecordingException>(() => new PictureReplaySensor(new FakeClock(), options)).Mistakes);
        File.WriteAllBytes(Path.Combine(scratch.Root, "1.png"), Gray(1));
        string refused = Assert.Single(Assert.Throws<RecordingException>(() => new PictureReplaySensor(new FakeClock(), options)).Mistakes);
        Assert.EndsWith("raise max_bytes above 70 or take some away", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_a_png_allocates_nothing()
    {
        using Scratch scratch = new();
        File.Copy(Scratch.Fixture("pictures/c6d16i1.png"), Path.Combine(scratch.Root, "1.png"));
        using PictureReplaySensor sensor = new(
            new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1, Speed = 0, Loop = true });
        byte[] pixels = new byte[sensor.Format.Bytes];
        sensor.TryRead(pixels, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            sensor.TryRead(pixels, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TurboJpegFact]
    public void A_jpeg_is_read_as_another_program_reads_it_without_allocating()
    {
        using Scratch scratch = new();
        File.Copy(Scratch.Fixture("pictures/flat.jpg"), Path.Combine(scratch.Root, "1.jpeg"));
        using PictureReplaySensor sensor = new(
            new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1, Speed = 0, Loop = true });
        byte[] pixels = new byte[sensor.Format.Bytes];
        sensor.TryRead(pixels, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        sensor.TryRead(pixels, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(File.ReadAllBytes(Scratch.Fixture("pictures/flat.rgb")), pixels);
    }

    [TurboJpegFact]
    public void A_jpeg_of_four_inks_is_read_as_another_program_reads_it_without_allocating()
    {
        using Scratch scratch = new();
        File.Copy(Scratch.Fixture("pictures/inks.jpg"), Path.Combine(scratch.Root, "1.jpg"));
        using PictureReplaySensor sensor = new(new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1, Speed = 0 });
        byte[] pixels = new byte[sensor.Format.Bytes];

        long before = GC.GetAllocatedBytesForCurrentThread();
        sensor.TryRead(pixels, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(File.ReadAllBytes(Scratch.Fixture("pictures/inks.rgb")), pixels);
    }

    [TurboJpegFact]
    public void A_jpeg_that_was_cut_off_is_refused_or_a_failed_read()
    {
        using Scratch scratch = new();
        byte[] whole = File.ReadAllBytes(Scratch.Fixture("pictures/flat.jpg"));
        string path = Path.Combine(scratch.Root, "1.jpg");
        PictureReplayOptions options = new() { Path = scratch.Root, RateHz = 1, Speed = 0 };

        File.WriteAllBytes(path, whole[..40]);
        string refused = Assert.Single(Assert.Throws<RecordingException>(() => new PictureReplaySensor(new FakeClock(), options)).Mistakes);
        File.WriteAllBytes(path, whole[..^10]);
        using PictureReplaySensor sensor = new(new FakeClock(), options);
        IOException fault = Assert.Throws<IOException>(() => sensor.TryRead(new byte[sensor.Format.Bytes], out _));

        Assert.Equal("1.jpg: it ends before its picture begins", refused);
        Assert.StartsWith($"{path}: it is damaged: ", fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Decode(string name, PixelFormat pixels)
    {
        using Scratch scratch = new();
        File.Copy(Scratch.Fixture($"pictures/{name}.png"), Path.Combine(scratch.Root, "1.png"));
        using PictureReplaySensor sensor = new(
            new FakeClock(), new PictureReplayOptions { Path = scratch.Root, RateHz = 1, Pixels = pixels });
        byte[] frame = new byte[sensor.Format.Bytes];
        Assert.True(sensor.TryRead(frame, out _));
        return frame;
    }

    private static byte[] Zlib(byte[] plain, CompressionLevel level)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, level, leaveOpen: true))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }

    // A gray square.
    private static byte[] Gray(byte value)
    {
        byte[] lines = [.. Enumerable.Repeat((byte[])[0, value, value, value], Side).SelectMany(line => line)];
        return
        [
            0x89, .. "PNG\r\n\x1a\n"u8,
            .. Chunk("IHDR", [0, 0, 0, Side, 0, 0, 0, Side, 8, 0, 0, 0, 0]),
            .. Chunk("IDAT", Zlib(lines, CompressionLevel.Optimal)),
            .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string name, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. name.Select(c => (byte)c), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.Of(chunk.AsSpan(4, chunk.Length - 8)));
        return chunk;
    }
}
