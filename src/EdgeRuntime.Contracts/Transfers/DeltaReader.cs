using System.Buffers;
using System.IO.Compression;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>Reads bytes of the base.</summary>
/// <returns>Fewer than asked for only at its end.</returns>
/// <exception cref="IOException">The medium failed.</exception>
public delegate int ReadBase(long offset, Span<byte> bytes);

/// <summary>
/// Makes an archive from another one and a delta, piece by piece, in bounded memory: a window of Brotli (16 MiB at most, 4 MiB as
/// <see cref="DeltaWriter"/> writes it) and one piece.
/// </summary>
/// <remarks>
/// Never makes more than the target's size, and stops at the first thing that is not in the form. Whether the bytes are right it
/// cannot know. Not thread-safe.
/// </remarks>
public sealed class DeltaReader : IDisposable
{
    private const int InputBytes = 16 * 1024;

    private readonly Stream _delta;
    private readonly ReadBase _readBase;
    private readonly byte[] _packed = new byte[InputBytes];
    private readonly byte[] _input = new byte[InputBytes];

    // The decoder alone: a BrotliStream would bring the encoder into the device's program.
    private BrotliDecoder _brotli;
    private int _packedAt;
    private int _packedLength;
    private int _inputAt;
    private int _inputLength;
    private int _instruction = DeltaFormat.End;
    private long _left;
    private long _basePlace;
    private long _made;
    private bool _ended;

    /// <summary>Reads the head of a delta.</summary>
    /// <param name="delta">Read from its beginning; not disposed of.</param>
    /// <param name="baseSize">Bytes of the base that is here; ignored where the delta needs none.</param>
    /// <param name="targetSize">Bytes of the target, from the signed order.</param>
    /// <exception cref="InvalidDataException">It is no delta, or for another base or target.</exception>
    public DeltaReader(Stream delta, long baseSize, long targetSize, ReadBase readBase)
    {
        _delta = delta;
        _readBase = readBase;
        Span<byte> magic = stackalloc byte[8];
        if (delta.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual(DeltaFormat.Magic))
        {
            throw new InvalidDataException("it is not a delta");
        }

        BaseSize = Size(Integer(() => delta.ReadByte()), "base");
        TargetSize = Size(Integer(() => delta.ReadByte()), "target");
        if (TargetSize != targetSize || (BaseSize != 0 && BaseSize != baseSize))
        {
            throw new InvalidDataException(
                $"the delta makes {TargetSize} bytes of {BaseSize}, where {targetSize} are to be made of {baseSize}");
        }
    }

    /// <summary>Bytes of the base it needs; 0 for none.</summary>
    public long BaseSize { get; }

    /// <summary>Bytes it makes.</summary>
    public long TargetSize { get; }

    /// <summary>Makes the next bytes of the target.</summary>
    /// <returns>How many; 0 at the end, when all of the target was made.</returns>
    /// <exception cref="InvalidDataException">The delta is damaged, or not in the form.</exception>
    /// <exception cref="IOException">The base or the delta cannot be read.</exception>
    public int Read(Span<byte> piece)
    {
        int made = 0;
        while (made < piece.Length && (_left > 0 || TryBegin()))
        {
            Span<byte> wanted = piece.Slice(made, (int)Math.Min(piece.Length - made, _left));
            if (_instruction == DeltaFormat.Add)
            {
                Take(wanted);
            }
            else
            {
                TakeFromBase(wanted);
            }

            made += wanted.Length;
            _left -= wanted.Length;
            _made += wanted.Length;
        }

        return made;
    }

    /// <inheritdoc/>
    public void Dispose() => _brotli.Dispose();

    // False at the end of the delta, which must be that of the target too.
    private bool TryBegin()
    {
        if (_ended)
        {
            return false;
        }

        _instruction = NextByte();
        if (_instruction == DeltaFormat.End)
        {
            _ended = true;
            return _made == TargetSize ? false : throw Malformed($"it ends after {_made} of {TargetSize} bytes");
        }

        if (_instruction is not (DeltaFormat.Add or DeltaFormat.Copy or DeltaFormat.Difference))
        {
            throw Malformed($"there is no instruction {_instruction}");
        }

        if (_instruction != DeltaFormat.Add)
        {
            long step = DeltaFormat.FromZigZag(Integer(NextByte));
            if (step > BaseSize - _basePlace || step < -_basePlace)
            {
                throw Malformed("it leads out of the base");
            }

            _basePlace += step;
        }

        ulong length = Integer(NextByte);
        if (length == 0 || length > (ulong)(TargetSize - _made))
        {
            throw Malformed($"an instruction makes {length} bytes where {TargetSize - _made} are left");
        }

        _left = (long)length;
        return _instruction == DeltaFormat.Add || _left <= BaseSize - _basePlace ? true : throw Malformed("it leads out of the base");
    }

    private void TakeFromBase(Span<byte> wanted)
    {
        if (_readBase(_basePlace, wanted) != wanted.Length)
        {
            throw new InvalidDataException("the base is shorter than it was");
        }

        _basePlace += wanted.Length;
        for (int at = 0; _instruction == DeltaFormat.Difference && at < wanted.Length;)
        {
            Fill();
            int count = Math.Min(_inputLength - _inputAt, wanted.Length - at);
            for (int i = 0; i < count; i++)
            {
                wanted[at + i] = unchecked((byte)(wanted[at + i] + _input[_inputAt + i]));
            }

            at += count;
            _inputAt += count;
        }
    }

    private void Take(Span<byte> wanted)
    {
        while (!wanted.IsEmpty)
        {
            Fill();
            int count = Math.Min(_inputLength - _inputAt, wanted.Length);
            _input.AsSpan(_inputAt, count).CopyTo(wanted);
            _inputAt += count;
            wanted = wanted[count..];
        }
    }

    private int NextByte()
    {
        Fill();
        return _input[_inputAt++];
    }

    // Never returns without a byte.
    private void Fill()
    {
        if (_inputAt < _inputLength)
        {
            return;
        }

        (_inputAt, _inputLength) = (0, 0);
        while (_inputLength == 0)
        {
            OperationStatus status = _brotli.Decompress(
                _packed.AsSpan(_packedAt, _packedLength - _packedAt), _input, out int consumed, out _inputLength);
            _packedAt += consumed;
            if (status == OperationStatus.InvalidData)
            {
                throw Malformed("it is not Brotli");
            }

            if (_inputLength == 0 && !TryRefill(status))
            {
                throw Malformed("it is cut off");
            }
        }
    }

    // Only once all that is there was consumed: the decoder asks for more by its status.
    private bool TryRefill(OperationStatus status)
    {
        if (status != OperationStatus.NeedMoreData || _packedAt < _packedLength)
        {
            return false;
        }

        (_packedAt, _packedLength) = (0, _delta.Read(_packed));
        return _packedLength > 0;
    }

    private static ulong Integer(Func<int> next)
    {
        ulong value = 0;
        for (int i = 0; i < DeltaFormat.LongestInteger; i++)
        {
            int part = next();
            if (part < 0)
            {
                throw Malformed("it is cut off");
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Malformed("an integer is too long");
    }

    private static long Size(ulong value, string of) =>
        value <= long.MaxValue / 2 ? (long)value : throw Malformed($"it has no {of} that could be");

    private static InvalidDataException Malformed(string what) => new($"the delta is damaged: {what}");
}
