using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>Cuts windows by the time of the frames; see <see cref="WindowSpec"/>. Allocates nothing once made.</summary>
internal sealed class TimeWindows
{
    private readonly bool _isSession;
    private readonly double _length;
    private readonly double _hop;
    private readonly double _gap;
    private readonly int _minFrames;
    private readonly long[] _times;
    private bool _started;
    private int _next;
    private int _held;
    private double _begin;
    private double _end;
    private long _last;

    /// <param name="capacity">Most frames of a window.</param>
    public TimeWindows(WindowSpec spec, int capacity)
    {
        _isSession = spec.Kind == "session";
        _length = spec.LengthMs ?? double.PositiveInfinity;
        _hop = spec.HopMs ?? _length;
        _gap = spec.GapMs ?? double.PositiveInfinity;
        _minFrames = spec.MinFrames ?? 1;
        _times = new long[capacity];
    }

    /// <summary>Whether windows are sessions, which silence ends.</summary>
    public bool IsSession => _isSession;

    /// <summary>Frames of the window that is complete; those just before the frame in hand.</summary>
    public int Frames { get; private set; }

    /// <summary>Looks whether a window is complete now that a frame has come; the frame itself is not in it.</summary>
    /// <returns>True when <see cref="Frames"/> are to be computed, before <see cref="Add"/>.</returns>
    public bool IsDue(long unixMs)
    {
        if (!_started || unixMs < _last)
        {
            // The first frame; or the clock was set back, and what was held belongs to a time that is no more.
            _held = 0;
            Begin(unixMs);
            return false;
        }

        return _isSession ? SessionEnds(unixMs) : SpanEnds(unixMs);
    }

    /// <summary>Looks whether silence has ended a session by now; in place of <see cref="IsDue"/> and <see cref="Add"/>.</summary>
    /// <returns>True when <see cref="Frames"/> are to be computed.</returns>
    public bool EndsInSilence(long unixMs)
    {
        if (!_started || (unixMs >= _last && unixMs - _last <= _gap))
        {
            return false;
        }

        Frames = unixMs < _last ? 0 : _held;
        _held = 0;
        _started = false;
        return Frames >= _minFrames;
    }

    /// <summary>Takes the frame.</summary>
    public void Add(long unixMs)
    {
        _times[_next] = unixMs;
        _next = _next + 1 == _times.Length ? 0 : _next + 1;
        _held = Math.Min(_held + 1, _times.Length);
        _last = unixMs;
    }

    /// <summary>Time of a frame of the complete window, milliseconds after its first.</summary>
    /// <param name="i">From 0, the oldest.</param>
    public double Offset(int i) => _times[Place(i)] - _times[Place(0)];

    /// <summary>Forgets all frames.</summary>
    public void Reset()
    {
        _started = false;
        _held = 0;
        _next = 0;
    }

    private int Place(int i)
    {
        int at = _next - Frames + i;
        return at < 0 ? at + _times.Length : at;
    }

    private void Begin(long unixMs)
    {
        _started = true;
        _begin = unixMs;
        _end = unixMs + _length;
    }

    private bool SessionEnds(long unixMs)
    {
        if (unixMs - _last <= _gap && unixMs - _begin < _length && _held < _times.Length)
        {
            return false;
        }

        Frames = _held;
        _held = 0;
        Begin(unixMs);
        return Frames >= _minFrames;
    }

    private bool SpanEnds(long unixMs)
    {
        if (unixMs < _end)
        {
            return false;
        }

        // All held are older than the end; those at and after the beginning are the window.
        Frames = 0;
        double begin = _end - _length;
        while (Frames < _held)
        {
            int at = _next - Frames - 1;
            if (_times[at < 0 ? at + _times.Length : at] < begin)
            {
                break;
            }

            Frames++;
        }

        // After a silence the windows that nobody saw are passed over: a frame makes one sample at most.
        _end += _hop * (Math.Floor((unixMs - _end) / _hop) + 1);
        return Frames >= _minFrames;
    }
}
