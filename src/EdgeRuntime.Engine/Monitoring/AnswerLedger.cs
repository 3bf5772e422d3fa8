namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What became of a look into the <see cref="AnswerLedger"/>.</summary>
public enum AnswerFound
{
    /// <summary>The answer is there.</summary>
    Yes,

    /// <summary>It was there, and later ones took its place.</summary>
    Forgotten,

    /// <summary>An earlier package gave it.</summary>
    BeforeThis,

    /// <summary>No answer has that number.</summary>
    Never,
}

/// <summary>
/// The newest answers of one package, by their number, in memory that does not grow: one thread writes, another looks, neither
/// waits.
/// </summary>
/// <remarks>
/// In memory alone: an answer's id names the boot, and to keep every answer over a restart would cost the flash a write for each.
/// </remarks>
public sealed class AnswerLedger
{
    private const long Writing = -1;

    private readonly KnownAnswer[] _answers;

    // The number of the answer in each place; 0 before the first, -1 while one is written.
    private readonly long[] _numbers;
    private long _first;
    private long _newest;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="capacity">Answers it remembers; at least 1, rounded up to a power of two.</param>
    public AnswerLedger(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        int places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _answers = new KnownAnswer[places];
        _numbers = new long[places];
    }

    /// <summary>Number of its places; the place of answer n is <c>n mod places</c>.</summary>
    public int Places => _numbers.Length;

    /// <summary>Adds an answer. For the sample path only; allocates nothing.</summary>
    /// <param name="number">Greater than all before, at least 1.</param>
    public void Write(long number, in KnownAnswer answer)
    {
        long place = number & (_numbers.Length - 1);
        if (_first == 0)
        {
            Volatile.Write(ref _first, number);
        }

        // The reader must see the mark before any of the new answer, also where processors reorder writes.
        Volatile.Write(ref _numbers[place], Writing);
        Interlocked.MemoryBarrier();
        _answers[place] = answer;
        Volatile.Write(ref _numbers[place], number);
        Volatile.Write(ref _newest, number);
    }

    /// <summary>Looks for an answer. From one other thread.</summary>
    /// <param name="number">Any number at all.</param>
    public AnswerFound Find(long number, out KnownAnswer answer)
    {
        answer = default;
        long newest = Volatile.Read(ref _newest);
        if (number < 1 || number > newest)
        {
            return AnswerFound.Never;
        }

        if (number < Volatile.Read(ref _first))
        {
            return AnswerFound.BeforeThis;
        }

        long place = number & (_numbers.Length - 1);
        long before = Volatile.Read(ref _numbers[place]);
        answer = _answers[place];
        Interlocked.MemoryBarrier();
        if (before == number && Volatile.Read(ref _numbers[place]) == number)
        {
            return AnswerFound.Yes;
        }

        // A sample without a valid answer left its place to an older one.
        answer = default;
        return newest - number >= _numbers.Length || before > number || before == Writing ? AnswerFound.Forgotten : AnswerFound.Never;
    }
}
