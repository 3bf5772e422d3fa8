using System.Buffers.Binary;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>Finds in one archive what stands, perhaps elsewhere, in another: the generic patch.</summary>
/// <remarks>Every 16th place of the base is known by its next 16 bytes; a match grows both ways as far as it holds.</remarks>
internal sealed class BlockMatcher
{
    private const int Block = 16;

    private readonly ReadOnlyMemory<byte> _base;
    private readonly Dictionary<UInt128, int> _places;

    public BlockMatcher(ReadOnlyMemory<byte> basis)
    {
        _base = basis;
        _places = new Dictionary<UInt128, int>(basis.Length / Block);
        for (int at = 0; at + Block <= basis.Length; at += Block)
        {
            _places.TryAdd(Key(basis.Span[at..]), at);
        }
    }

    /// <summary>Writes the instructions that make the bytes from <paramref name="from"/> to <paramref name="to"/> of the target.</summary>
    public void Write(ReadOnlySpan<byte> target, int from, int to, DeltaWriter delta)
    {
        ReadOnlySpan<byte> basis = _base.Span;
        int written = from;
        int at = from;
        while (at + Block <= to)
        {
            if (!_places.TryGetValue(Key(target[at..]), out int place))
            {
                at++;
                continue;
            }

            int back = 0;
            while (back < at - written && back < place && target[at - back - 1] == basis[place - back - 1])
            {
                back++;
            }

            int length = Block + target[(at + Block)..to].CommonPrefixLength(basis[(place + Block)..]);
            delta.Add(target[written..(at - back)]);
            delta.Copy(place - back, back + length);
            at += length;
            written = at;
        }

        delta.Add(target[written..to]);
    }

    private static UInt128 Key(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128LittleEndian(bytes);
}
