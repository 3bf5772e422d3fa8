using System.Numerics;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// A bounded queue between one thread that writes and one that takes. All buffers are made at the start and change
/// hands; nobody waits, and at the bound the writer chooses: the new value is refused, or the oldest makes room.
/// </summary>
/// <remarks>
/// The ring holds numbers of buffers. Its head is moved by whoever takes the oldest out, the reader to use it or the
/// writer to make room, with one compare-and-swap: who wins owns the buffer. Two buffers more than the capacity exist,
/// one in the writer's hands and one in the reader's, so that the writer always finds a free one.
/// </remarks>
/// <typeparam name="T">A buffer that is filled again and again.</typeparam>
public sealed class SampleRing<T>
    where T : class
{
    private readonly T[] _buffers;
    private readonly int[] _ring;
    private readonly int[] _free;
    private readonly int _mask;
    private readonly int _capacity;
    private long _head;
    private long _tail;
    private long _freeHead;
    private long _freeTail;
    private int _writing;
    private int _taken = -1;

    /// <summary>Makes an empty queue and its buffers.</summary>
    /// <param name="capacity">Values that may wait; at least 1.</param>
    public SampleRing(int capacity, Func<T> make)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)capacity + 2);
        _capacity = capacity;
        _mask = size - 1;
        _ring = new int[size];
        _free = new int[size];
        _buffers = new T[capacity + 2];
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = make();
        }

        for (int i = 1; i < _buffers.Length; i++)
        {
            _free[_freeTail++] = i;
        }
    }

    /// <summary>Values that may wait.</summary>
    public int Capacity => _capacity;

    /// <summary>Values that wait now; exact for the two threads between their calls, else of some moment of the call.</summary>
    public int Waiting
    {
        get
        {
            // The head first: it never overtakes the tail, so that the difference is not negative.
            long head = Volatile.Read(ref _head);
            return (int)Math.Min(Volatile.Read(ref _tail) - head, _capacity);
        }
    }

    /// <summary>The buffer to fill. For the writer only; it holds what was in it some turns ago.</summary>
    public T Writing => _buffers[_writing];

    /// <summary>Appends what was written, unless the queue is full. For the writer only.</summary>
    /// <returns>False when it was full: <see cref="Writing"/> is then as it was.</returns>
    public bool TryWrite()
    {
        if (_tail - Volatile.Read(ref _head) >= _capacity)
        {
            return false;
        }

        int written = _writing;
        Append(written);
        _writing = NextFree();
        return true;
    }

    /// <summary>Appends what was written; when the queue is full the oldest value makes room. For the writer only.</summary>
    /// <returns>True when one made room.</returns>
    public bool Write()
    {
        int evicted = _tail - Volatile.Read(ref _head) >= _capacity ? Evict() : -1;
        int written = _writing;
        Append(written);
        _writing = evicted >= 0 ? evicted : NextFree();
        return evicted >= 0;
    }

    /// <summary>Takes the oldest value. For the reader only.</summary>
    /// <param name="oldest">Valid until the next call.</param>
    /// <returns>False when the queue is empty.</returns>
    public bool TryTake(out T oldest)
    {
        // Given back before another is taken: the writer counts on finding it (see above).
        if (_taken >= 0)
        {
            _free[_freeTail & _mask] = _taken;
            Volatile.Write(ref _freeTail, _freeTail + 1);
            _taken = -1;
        }

        while (true)
        {
            long head = Volatile.Read(ref _head);
            if (head == Volatile.Read(ref _tail))
            {
                oldest = _buffers[0];
                return false;
            }

            // May be of another value already when the writer made room meanwhile; then the exchange fails.
            int index = Volatile.Read(ref _ring[head & _mask]);
            if (Interlocked.CompareExchange(ref _head, head + 1, head) == head)
            {
                _taken = index;
                oldest = _buffers[index];
                return true;
            }
        }
    }

    // The number of the oldest value's buffer, or -1 when the reader was faster: then there is room anyway.
    private int Evict()
    {
        long head = Volatile.Read(ref _head);
        int index = Volatile.Read(ref _ring[head & _mask]);
        return _tail - head >= _capacity && Interlocked.CompareExchange(ref _head, head + 1, head) == head ? index : -1;
    }

    private void Append(int buffer)
    {
        Volatile.Write(ref _ring[_tail & _mask], buffer);
        Volatile.Write(ref _tail, _tail + 1);
    }

    private int NextFree()
    {
        if (_freeHead == Volatile.Read(ref _freeTail))
        {
            throw new InvalidOperationException("no buffer is free; more than one thread writes to this queue, or takes from it");
        }

        int next = _free[_freeHead & _mask];
        _freeHead++;
        return next;
    }
}
