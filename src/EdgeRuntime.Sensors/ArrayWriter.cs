using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EdgeRuntime.Sensors;

/// <summary>Which file of numbers a <see cref="Recorder"/> writes.</summary>
public enum ArrayFormat
{
    /// <summary>NumPy's .npy: float64, frames by channels. The rate, names and units are not in it.</summary>
    Npy,

    /// <summary>WAV: float64 samples. Names and units are not in it; the rate must be a whole number.</summary>
    Wav,
}

/// <summary>Writes frames as doubles behind a header that gets its lengths at the end.</summary>
internal sealed class ArrayWriter
{
    private const int NpyHeaderBytes = 128;
    private const int WavHeaderBytes = 58;
    private const int BufferedFrames = 256;

    private readonly Stream _output;
    private readonly ArrayFormat _format;
    private readonly int _channels;
    private readonly double _rateHz;
    private readonly byte[] _buffer;
    private int _buffered;
    private long _frames;

    /// <param name="output">Can seek; at its start.</param>
    public ArrayWriter(Stream output, ArrayFormat format, int channels, double rateHz)
    {
        _output = output;
        _format = format;
        _channels = channels;
        _rateHz = rateHz;
        _buffer = new byte[BufferedFrames * channels * sizeof(double)];
        _output.Write(Header());
    }

    /// <summary>True when one more frame would not fit into the format's lengths.</summary>
    public bool IsFull =>
        _format == ArrayFormat.Wav && ((_frames + 1) * _channels * sizeof(double)) + WavHeaderBytes > uint.MaxValue - 1L;

    /// <exception cref="IOException">The output failed.</exception>
    public void Write(ReadOnlySpan<double> frame)
    {
        foreach (double value in frame)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_buffered), value);
            _buffered += sizeof(double);
        }

        _frames++;
        if (_buffered == _buffer.Length)
        {
            Flush();
        }
    }

    /// <summary>Writes what is left, and the lengths into the header.</summary>
    /// <exception cref="IOException">The output failed.</exception>
    public void Finish()
    {
        Flush();
        _output.Position = 0;
        _output.Write(Header());
        _output.Flush();
    }

    private void Flush()
    {
        _output.Write(_buffer, 0, _buffered);
        _buffered = 0;
    }

    private byte[] Header() => _format == ArrayFormat.Npy ? NpyHeader() : WavHeader();

    // Always as long as the longest shape needs, so that it can be written again.
    private byte[] NpyHeader()
    {
        string literal = string.Create(
            CultureInfo.InvariantCulture, $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({_frames}, {_channels}), }}");
        string text = literal.PadRight(NpyHeaderBytes - 10 - 1) + "\n";
        byte[] header = new byte[NpyHeaderBytes];
        ((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)text.Length);
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        return header;
    }

    private byte[] WavHeader()
    {
        const int Float = 3;
        int width = _channels * sizeof(double);
        uint rate = (uint)_rateHz;
        uint data = (uint)(_frames * width);
        byte[] header = new byte[WavHeaderBytes];
        Span<byte> at = header;
        "RIFF"u8.CopyTo(at);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], WavHeaderBytes - 8 + data);
        "WAVEfmt "u8.CopyTo(at[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], 18);
        BinaryPrimitives.WriteUInt16LittleEndian(at[20..], Float);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], (ushort)_channels);
        BinaryPrimitives.WriteUInt32LittleEndian(at[24..], rate);
        BinaryPrimitives.WriteUInt32LittleEndian(at[28..], (uint)Math.Min((ulong)rate * (ulong)width, uint.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(at[32..], (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(at[34..], 64);
        "fact"u8.CopyTo(at[38..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at[42..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(at[46..], (uint)_frames);
        "data"u8.CopyTo(at[50..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at[54..], data);
        return header;
    }
}
