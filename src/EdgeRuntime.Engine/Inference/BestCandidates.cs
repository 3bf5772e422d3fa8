namespace EdgeRuntime.Engine.Inference;

/// <summary>Keeps the best of many scores, a bounded number of them, and hands them out from the best down.</summary>
/// <remarks>A heap with the worst on top. Of equal scores the candidate that came first is the better. Allocates nothing.</remarks>
internal sealed class BestCandidates
{
    private readonly double[] _scores;
    private readonly int[] _candidates;
    private readonly int[] _labels;
    private int _count;

    /// <param name="capacity">Most that are kept; at least 1.</param>
    public BestCandidates(int capacity)
    {
        _scores = new double[capacity];
        _candidates = new int[capacity];
        _labels = new int[capacity];
    }

    /// <summary>Candidates kept.</summary>
    public int Count => _count;

    /// <summary>Score by rank, once <see cref="Sort"/> was called; the best is 0.</summary>
    public double Score(int rank) => _scores[rank];

    /// <summary>Number of the candidate by rank.</summary>
    public int Candidate(int rank) => _candidates[rank];

    /// <summary>Label of the candidate by rank.</summary>
    public int Label(int rank) => _labels[rank];

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    /// <summary>Takes a candidate, in place of the worst when there is no room; candidates come in the order of their numbers.</summary>
    public void Add(double score, int candidate, int label)
    {
        if (_count < _scores.Length)
        {
            _count++;
            Rise(_count - 1, score, candidate, label);
        }
        else if (score > _scores[0])
        {
            Sink(0, _count, score, candidate, label);
        }
    }

    /// <summary>Puts the best first. Nothing may be added afterwards, before <see cref="Clear"/>.</summary>
    public void Sort()
    {
        for (int end = _count - 1; end > 0; end--)
        {
            (double score, int candidate, int label) = (_scores[end], _candidates[end], _labels[end]);
            Move(0, end);
            Sink(0, end, score, candidate, label);
        }
    }

    private bool IsWorse(int a, double score, int candidate) =>
        _scores[a] < score || (_scores[a] == score && _candidates[a] > candidate);

    private void Rise(int at, double score, int candidate, int label)
    {
        while (at > 0 && !IsWorse((at - 1) / 2, score, candidate))
        {
            Move((at - 1) / 2, at);
            at = (at - 1) / 2;
        }

        Put(at, score, candidate, label);
    }

    private void Sink(int at, int end, double score, int candidate, int label)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= end)
            {
                break;
            }

            if (child + 1 < end && IsWorse(child + 1, _scores[child], _candidates[child]))
            {
                child++;
            }

            if (!IsWorse(child, score, candidate))
            {
                break;
            }

            Move(child, at);
            at = child;
        }

        Put(at, score, candidate, label);
    }

    private void Move(int from, int to) => Put(to, _scores[from], _candidates[from], _labels[from]);

    private void Put(int at, double score, int candidate, int label)
    {
        _scores[at] = score;
        _candidates[at] = candidate;
        _labels[at] = label;
    }
}
