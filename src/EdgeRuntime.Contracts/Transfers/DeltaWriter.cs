using System.IO.Compression;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>Writes a delta, instruction by instruction, in the order of the target's bytes.</summary>
public sealed class DeltaWriter : IDisposable
{
    // The slowest is only worth its time where there is little to compress.
    private const int SmallBytes = 4 * 1024 * 1024;
    private const int BestQuality = 11;
    private const int LargeQuality = 9;

    private readonly MemoryStream _file = new();
    private readonly BrotliStream _instructions;
    private readonly long _targetSize;
    private long _written;
    private long _basePlace;

    /// <summary>Begins a delta.</summary>
    /// <param name="baseSize">Bytes of the base; 0 where none is needed.</param>
    /// <param name="targetSize">Bytes of the target; at least 1.</param>
    public DeltaWriter(long baseSize, long targetSize)
    {
        _targetSize = targetSize;
        _file.Write(DeltaFormat.Magic);
        WriteInteger(_file, (ulong)baseSize);
        WriteInteger(_file, (ulong)targetSize);
        int quality = targetSize <= SmallBytes ? BestQuality : LargeQuality;
        _instructions = new BrotliStream(_file, new BrotliCompressionOptions { Quality = quality }, leaveOpen: true);
    }

    /// <summary>Bytes that follow as they are.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _instructions.WriteByte(DeltaFormat.Add);
            WriteInteger(_instructions, (ulong)bytes.Length);
            _instructions.Write(bytes);
            _written += bytes.Length;
        }
    }

    /// <summary>Bytes that stand in the base.</summary>
    public void Copy(long offset, long length) => FromBase(DeltaFormat.Copy, offset, length);

    /// <summary>Bytes of the target that resemble those of the base element by element.</summary>
    /// <param name="offset">Where those of the base begin.</param>
    /// <param name="target">The bytes wanted.</param>
    /// <param name="basis">As many bytes, which stand at the offset.</param>
    public void Difference(long offset, ReadOnlySpan<byte> target, ReadOnlySpan<byte> basis)
    {
        FromBase(DeltaFormat.Difference, offset, target.Length);
        byte[] difference = new byte[target.Length];
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] = unchecked((byte)(target[i] - basis[i]));
        }

        _instructions.Write(difference);
    }

    /// <summary>Ends it.</summary>
    /// <exception cref="InvalidOperationException">The instructions do not make as many bytes as the target has.</exception>
    public byte[] ToArray()
    {
        if (_written != _targetSize)
        {
            throw new InvalidOperationException($"the instructions make {_written} bytes of {_targetSize}");
        }

        _instructions.WriteByte(DeltaFormat.End);
        _instructions.Dispose();
        return _file.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _instructions.Dispose();

    private void FromBase(byte instruction, long offset, long length)
    {
        _instructions.WriteByte(instruction);
        WriteInteger(_instructions, DeltaFormat.ZigZag(offset - _basePlace));
        WriteInteger(_instructions, (ulong)length);
        _basePlace = offset + length;
        _written += length;
    }

    private static void WriteInteger(Stream to, ulong value)
    {
        while (value >= 0x80)
        {
            to.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        to.WriteByte((byte)value);
    }
}
