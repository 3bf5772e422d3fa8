using System.Buffers.Binary;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>The values of a recording as its file holds them, so that an hour of 16-bit audio takes 2 bytes a value and not 8.</summary>
public sealed class FrameStore
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly SampleEncoding _encoding;
    private readonly int _width;

    /// <summary>Keeps <paramref name="bytes"/>; what does not make a whole frame at their end is left out.</summary>
    /// <param name="bytes">Row-major, frames times channels, little endian.</param>
    public FrameStore(ReadOnlyMemory<byte> bytes, SampleEncoding encoding, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _bytes = bytes;
        _encoding = encoding;
        _width = WidthOf(encoding);
        Channels = channels;
        Frames = bytes.Length / (_width * channels);
    }

    /// <summary>Values of one frame; at least 1.</summary>
    public int Channels { get; }

    /// <summary>Frames held.</summary>
    public int Frames { get; }

    /// <summary>Doubles, kept as they are.</summary>
    public static FrameStore Of(double[] values, int channels)
    {
        byte[] bytes = new byte[checked(values.Length * sizeof(double))];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return new FrameStore(bytes, SampleEncoding.Float64, channels);
    }

    /// <summary>Bytes of one value.</summary>
    public static int WidthOf(SampleEncoding encoding) => encoding switch
    {
        SampleEncoding.Bool or SampleEncoding.Int8 or SampleEncoding.UInt8 or SampleEncoding.Pcm8 => 1,
        SampleEncoding.Int16 or SampleEncoding.UInt16 or SampleEncoding.Float16 or SampleEncoding.Pcm16 => 2,
        SampleEncoding.Pcm24 => 3,
        SampleEncoding.Int32 or SampleEncoding.UInt32 or SampleEncoding.Float32 or SampleEncoding.Pcm32 => 4,
        _ => 8,
    };

    /// <summary>Copies one frame. Allocates nothing.</summary>
    /// <param name="index">0 to <see cref="Frames"/> - 1.</param>
    /// <param name="frame">Shape [channels].</param>
    public void Read(int index, Span<double> frame)
    {
        int stride = _width * Channels;
        ReadOnlySpan<byte> bytes = _bytes.Span.Slice(index * stride, stride);
        for (int i = 0; i < Channels; i++)
        {
            frame[i] = Value(bytes.Slice(i * _width, _width));
        }
    }

    private double Value(ReadOnlySpan<byte> bytes) => _encoding switch
    {
        SampleEncoding.Bool => bytes[0] == 0 ? 0 : 1,
        SampleEncoding.Int8 => (sbyte)bytes[0],
        SampleEncoding.UInt8 => bytes[0],
        SampleEncoding.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        SampleEncoding.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        SampleEncoding.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        SampleEncoding.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        SampleEncoding.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        SampleEncoding.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        SampleEncoding.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        SampleEncoding.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        SampleEncoding.Pcm8 => (bytes[0] - 128) / 128.0,
        SampleEncoding.Pcm16 => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768.0,
        SampleEncoding.Pcm24 => (bytes[0] | (bytes[1] << 8) | ((sbyte)bytes[2] << 16)) / 8388608.0,
        SampleEncoding.Pcm32 => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648.0,
        _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
