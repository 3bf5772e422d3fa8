using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Counters;

/// <summary>
/// Counts the values of a category: those of the reference's vocabulary exactly, all others together, with how many distinct ones
/// there were, how often each came at most, and which came most.
/// </summary>
/// <remarks>
/// All but <see cref="Heaviest"/> merges exactly, whatever the order. About 2.3 KB and 16 bytes for each word. Recording allocates
/// nothing. Not thread-safe.
/// </remarks>
public sealed class CategoryCounter
{
    /// <summary>Most words of a vocabulary.</summary>
    public const int MostWords = 1024;

    private readonly double[] _words;
    private readonly long[] _counts;
    private readonly HyperLogLog _distinct = new();
    private readonly CountMinSketch _others = new();
    private readonly MisraGries _heaviest = new();

    /// <summary>Creates an empty counter.</summary>
    /// <param name="words">The values that the reference knows; finite, strictly ascending, at most <see cref="MostWords"/>; copied.</param>
    /// <exception cref="ArgumentException">The words are not as said.</exception>
    public CategoryCounter(ReadOnlySpan<double> words)
    {
        if (words.Length > MostWords)
        {
            throw new ArgumentException($"{words.Length} words are more than {MostWords}", nameof(words));
        }

        for (int i = 0; i < words.Length; i++)
        {
            if (!double.IsFinite(words[i]) || (i > 0 && words[i] <= words[i - 1]))
            {
                throw new ArgumentException($"word {i} ({words[i]}) is not finite and above the one before", nameof(words));
            }
        }

        _words = words.ToArray();
        _counts = new long[words.Length];
    }

    /// <summary>The vocabulary, ascending.</summary>
    public ReadOnlySpan<double> Words => _words;

    /// <summary>Values by word.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Values that the vocabulary has not.</summary>
    public long Unseen => _others.Count;

    /// <summary>Values that were NaN.</summary>
    public long Missing { get; private set; }

    /// <summary>How often each value that the vocabulary has not came at most.</summary>
    public CountMinSketch Others => _others;

    /// <summary>Distinct values that the vocabulary has not.</summary>
    public HyperLogLog Distinct => _distinct;

    /// <summary>Of these the ones that came most since the last clearing; what was added is not in them.</summary>
    public MisraGries Heaviest => _heaviest;

    /// <summary>Counts one value. Allocates nothing.</summary>
    /// <returns>True when the vocabulary has it.</returns>
    public bool Record(double value)
    {
        if (double.IsNaN(value))
        {
            Missing++;
            return false;
        }

        int word = _words.AsSpan().BinarySearch(value);
        if (word >= 0)
        {
            _counts[word]++;
            return true;
        }

        _distinct.Record(value);
        _others.Record(value);
        _heaviest.Record(value);
        return false;
    }

    /// <summary>Adds the counts of another counter, exactly.</summary>
    /// <exception cref="ArgumentException">Its vocabulary is another; nothing was added.</exception>
    /// <exception cref="OverflowException">A count would leave the range of 64 bits.</exception>
    public void Add(CategoryCounter other)
    {
        if (!_words.AsSpan().SequenceEqual(other._words))
        {
            throw new ArgumentException("counts of another vocabulary cannot be added", nameof(other));
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = checked(_counts[i] + other._counts[i]);
        }

        Missing = checked(Missing + other.Missing);
        _others.Add(other._others);
        _distinct.Add(other._distinct);
    }

    /// <summary>Forgets all counts. Allocates nothing.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Missing = 0;
        _distinct.Clear();
        _others.Clear();
        _heaviest.Clear();
    }
}
