namespace EdgeRuntime.Simulator;

/// <summary>
/// A file or directory of a <see cref="SimulatedDisk"/>: what is read, what is durable, and the writes between the two.
/// </summary>
internal sealed class StoredNode
{
    private readonly List<(long Offset, byte[] Bytes)> _unsynced = [];
    private byte[] _durable = [];

    public bool IsDirectory { get; init; }

    /// <summary>Replaced by every write, never changed: copies of the disk share it.</summary>
    public byte[] Live { get; private set; } = [];

    public StoredNode Copy()
    {
        StoredNode copy = new() { IsDirectory = IsDirectory, Live = Live, _durable = _durable };
        copy._unsynced.AddRange(_unsynced);
        return copy;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        _unsynced.Add((offset, copy));
        Live = Overlay(Live, offset, copy);
    }

    public void MakeDurable()
    {
        foreach ((long offset, byte[] bytes) in _unsynced)
        {
            _durable = Overlay(_durable, offset, bytes);
        }

        _unsynced.Clear();
    }

    /// <summary>
    /// What a kernel does when a sync fails: the pages count as clean, so that the next sync succeeds without them.
    /// </summary>
    public void LoseUnsynced() => _unsynced.Clear();

    /// <summary>The machine is switched on again: what is read is what the medium kept.</summary>
    public void Survive(Aftermath aftermath, Random random)
    {
        switch (aftermath)
        {
            case Aftermath.Everything or Aftermath.ContentOnly:
                MakeDurable();
                break;
            case Aftermath.Torn:
                _durable = Tear(random);
                break;
            default:
                break;
        }

        _unsynced.Clear();
        Live = _durable;
    }

    /// <summary>Spoils one bit.</summary>
    public void Flip(long offset, byte mask)
    {
        byte[] spoilt = [.. Live];
        spoilt[offset] ^= mask;
        Live = spoilt;
        _durable = spoilt;
        _unsynced.Clear();
    }

    private byte[] Tear(Random random)
    {
        byte[] survived = _durable;
        foreach ((long offset, byte[] bytes) in _unsynced)
        {
            survived = random.Next(4) switch
            {
                0 => survived,
                1 => Overlay(survived, offset, bytes),
                2 => Overlay(survived, offset, bytes[..random.Next(bytes.Length + 1)]),

                // The file grew, the blocks never arrived.
                _ => Overlay(survived, offset, new byte[bytes.Length]),
            };
        }

        return survived;
    }

    private static byte[] Overlay(byte[] content, long offset, byte[] bytes)
    {
        byte[] result = new byte[Math.Max(content.Length, offset + bytes.Length)];
        content.CopyTo(result, 0);
        bytes.CopyTo(result, offset);
        return result;
    }
}
