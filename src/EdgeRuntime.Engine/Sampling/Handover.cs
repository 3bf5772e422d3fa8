namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// Hands the newest value from one writing thread to one reading thread over three buffers that are made once: the
/// writer always has one to fill, the reader always sees a whole one, nobody waits.
/// </summary>
/// <typeparam name="T">A buffer that is filled again and again.</typeparam>
public sealed class Handover<T>
    where T : class
{
    private const int Fresh = 4;

    private readonly T[] _buffers;
    private int _writing;
    private int _reading = 2;

    // Number of the buffer between the two, and whether it is fresh, in one word: as two they could disagree, and the
    // reader would trade the newest value for the one it had before.
    private int _middle = 1;

    /// <summary>Makes the three buffers.</summary>
    public Handover(Func<T> make) => _buffers = [make(), make(), make()];

    /// <summary>The buffer to fill. For the writer only; it holds what was in it some turns ago.</summary>
    public T Writing => _buffers[_writing];

    /// <summary>Publishes what was written, in place of what the reader has not taken yet.</summary>
    public void Publish() => _writing = Interlocked.Exchange(ref _middle, _writing | Fresh) & ~Fresh;

    /// <summary>Takes the newest value. For the reader only.</summary>
    /// <param name="newest">Valid until the next call; also when the result is false (then it is the one before).</param>
    /// <returns>False when nothing was published since the last call.</returns>
    public bool TryTake(out T newest)
    {
        bool fresh = (Volatile.Read(ref _middle) & Fresh) != 0;
        if (fresh)
        {
            _reading = Interlocked.Exchange(ref _middle, _reading) & ~Fresh;
        }

        newest = _buffers[_reading];
        return fresh;
    }
}
