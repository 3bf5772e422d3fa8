namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Decides how many chunks may be asked for at a time, and when one that was asked for counts as lost.
/// </summary>
/// <remarks>
/// The window begins at 2 and doubles until chunks begin to wait for each other, to be seen by the time they take beside
/// the shortest (as TCP Vegas does); then it keeps a few of them waiting (more, the more came without a loss), so that the line is
/// never idle and little is under way when the device, the broker or the power fails. It has at most 32, and halves with a loss, down to 1. A chunk is lost when it takes longer than the smoothed time of its predecessors plus four deviations (the
/// retransmission timer of RFC 6298, between <see cref="ShortestWait"/> and <see cref="LongestWait"/>). After a loss
/// nothing is asked for during a pause that doubles, with jitter, while losses follow each other. A reliable carrier loses
/// nothing silently: what was asked for is under way until it comes, or all of it is forgotten. Not thread-safe.
/// </remarks>
internal sealed class ChunkPace(TimeProvider time, Random random, bool isReliable = false)
{
    private const int FirstWindow = 2;
    private const int LargestWindow = 32;
    private const int UsualWindow = 8;
    private const double FewWaiting = 0.5;
    private const double ManyWaiting = 2;
    private const double MostQueued = 12;
    private const int ArrivedForQueue = 32;
    private const double ArrivedForOneQueued = 16;
    private const int ShortestPauseMs = 250;
    private const int NoChunk = -1;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);

    private readonly InFlight[] _inFlight = [.. Enumerable.Repeat(new InFlight(NoChunk, 0), LargestWindow)];
    private readonly HashSet<int> _askedAgain = [];
    private int _window = FirstWindow;
    private int _arrivedInTime;
    private int _arrivedInRow;
    private int _lossesInRow;
    private long _quietUntil = long.MinValue;
    private bool _hasQueued;
    private TimeSpan _shortest = TimeSpan.MaxValue;
    private TimeSpan _smoothed;
    private TimeSpan _deviation;
    private TimeSpan _wait = FirstWait;

    /// <summary>How many chunks the window has room for at this moment. Also notices what was lost since the last call.</summary>
    public int Free()
    {
        NoticeLost();
        if (time.GetTimestamp() < _quietUntil)
        {
            return 0;
        }

        int flying = _inFlight.Count(chunk => chunk.Index != NoChunk);
        int free = _window - flying;

        // Asked for in halves of the window: a request for every chunk would double the number of messages.
        return free >= (_window + 1) / 2 || flying == 0 ? Math.Max(0, free) : 0;
    }

    /// <summary>Whether a chunk was asked for and is not lost yet.</summary>
    public bool IsInFlight(int chunk) => Find(chunk) >= 0;

    /// <summary>Remembers that a chunk was asked for.</summary>
    public void OnRequested(int chunk) => _inFlight[Find(NoChunk)] = new InFlight(chunk, time.GetTimestamp());

    /// <summary>Learns from a chunk that arrived whole.</summary>
    public void OnArrived(int chunk)
    {
        _lossesInRow = 0;
        _arrivedInRow++;
        _quietUntil = long.MinValue;
        bool first = !_askedAgain.Remove(chunk);
        int slot = Find(chunk);
        if (slot < 0)
        {
            return;
        }

        // The answer to a chunk that was asked for twice could be the one to either request: it measures nothing.
        if (first)
        {
            Measure(time.GetElapsedTime(_inFlight[slot].Sent));
        }

        _inFlight[slot] = new InFlight(NoChunk, 0);
        if (++_arrivedInTime >= _window)
        {
            _arrivedInTime = 0;
            FitWindow();
        }
    }

    /// <summary>Learns that a chunk did not arrive, or arrived damaged.</summary>
    public void OnLost(int chunk)
    {
        int slot = Find(chunk);
        if (slot >= 0)
        {
            _inFlight[slot] = new InFlight(NoChunk, 0);
        }

        _askedAgain.Add(chunk);
        Slow();
    }

    /// <summary>Forgets what was asked for.</summary>
    public void Reset()
    {
        Array.Fill(_inFlight, new InFlight(NoChunk, 0));
        _window = FirstWindow;
        _arrivedInTime = 0;
        _arrivedInRow = 0;
        _lossesInRow = 0;
        _quietUntil = long.MinValue;
        _hasQueued = false;
        _shortest = TimeSpan.MaxValue;
    }

    private void FitWindow()
    {
        // Chunks that wait somewhere on the way: those beyond what the shortest time accounts for.
        double waiting = _smoothed > _shortest ? _window * (1 - (_shortest / _smoothed)) : 0;

        // On a long line with a large window the times vary by more than one chunk.
        double leeway = Math.Max(0, _window - UsualWindow) / 4.0;
        _hasQueued |= waiting >= FewWaiting + leeway;

        // With more of them waiting, all who pass chunks on are busy at once; but they are lost with the device or the broker.
        // So their number is a small share of what came since the last loss: that is the most that a loss can cost.
        leeway += Math.Clamp((_arrivedInRow - ArrivedForQueue) / ArrivedForOneQueued, 0, MostQueued);
        int step = !_hasQueued ? _window : waiting < FewWaiting + leeway ? 1 : waiting > ManyWaiting + leeway ? -1 : 0;
        _window = Math.Clamp(_window + step, FirstWindow, LargestWindow);
    }

    private void NoticeLost()
    {
        if (isReliable)
        {
            return;
        }

        bool lost = false;
        for (int i = 0; i < _inFlight.Length; i++)
        {
            if (_inFlight[i].Index != NoChunk && time.GetElapsedTime(_inFlight[i].Sent) > _wait)
            {
                _askedAgain.Add(_inFlight[i].Index);
                _inFlight[i] = new InFlight(NoChunk, 0);
                lost = true;
            }
        }

        // Many lost together are one sign, not many.
        if (lost)
        {
            _wait = Clamp(_wait * 2);
            Slow();
        }
    }

    private void Slow()
    {
        _window = Math.Max(1, _window / 2);
        _arrivedInTime = 0;
        _arrivedInRow = 0;
        _lossesInRow = Math.Min(_lossesInRow + 1, 16);
        double longest = ChunkDownload.LongestPause.TotalMilliseconds;
        double pauseMs = Math.Min(longest, ShortestPauseMs * Math.Pow(2, _lossesInRow - 1));
        double jittered = pauseMs * (0.5 + (0.5 * random.NextDouble()));
        _quietUntil = time.GetTimestamp() + (long)(jittered / 1000 * time.TimestampFrequency);
    }

    private void Measure(TimeSpan took)
    {
        _shortest = took < _shortest ? took : _shortest;
        bool firstMeasure = _smoothed == TimeSpan.Zero;
        _deviation = firstMeasure ? took / 2 : (_deviation * 0.75) + ((_smoothed - took).Duration() * 0.25);
        _smoothed = firstMeasure ? took : (_smoothed * 0.875) + (took * 0.125);
        _wait = Clamp(_smoothed + (_deviation * 4));
    }

    private static TimeSpan Clamp(TimeSpan wait) =>
        wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;

    private int Find(int chunk)
    {
        for (int i = 0; i < _inFlight.Length; i++)
        {
            if (_inFlight[i].Index == chunk)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct InFlight(int Index, long Sent);
}
