using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors;

/// <summary>
/// Lays a sensor's own time (seconds since its first frame) over the clock: at its pace, faster, or as fast as it is read.
/// </summary>
/// <remarks>
/// A reader that comes late gets the frames it missed one after the other, without a wait. After more than
/// <see cref="MostLateSeconds"/> the sensor's own time is moved up instead: no frame is lost, but nobody has to
/// work off an hour of frames after the machine was asleep for one.
/// </remarks>
internal sealed class PlaybackClock
{
    private const double MostLateSeconds = 2;

    private readonly TimeProvider _time;
    private readonly double _ticksPerSecond;
    private readonly bool _paced;
    private bool _started;
    private long _anchor;
    private long _moved;
    private double _unixMs;

    /// <param name="speed">Seconds of the sensor's own time per second; 0 for as fast as it is read.</param>
    public PlaybackClock(TimeProvider time, double speed)
    {
        _time = time;
        _paced = speed > 0;
        _ticksPerSecond = _paced ? time.TimestampFrequency / speed : time.TimestampFrequency;
        _anchor = time.GetTimestamp();
    }

    /// <summary>When a frame is due (the first at once), on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Due(double seconds) => _paced && _started ? _anchor + (long)Math.Round(seconds * _ticksPerSecond) : _anchor;

    /// <summary>Whether the frame at <paramref name="seconds"/> is due now, and if so its time.</summary>
    public bool TryTake(double seconds, out FrameTime time) => TryTake(seconds, seconds, out time);

    /// <summary>As above, for a frame that is handed over later than it is taken, with the rest of its block.</summary>
    /// <param name="handedOver">When, in seconds of the sensor's own time; not before <paramref name="seconds"/>.</param>
    public bool TryTake(double seconds, double handedOver, out FrameTime time)
    {
        long now = _time.GetTimestamp();
        if (!_started)
        {
            // The first reading starts the sensor's time, however long the rest of the program took to get here.
            _started = true;
            _anchor = now - (_paced ? (long)Math.Round(handedOver * _ticksPerSecond) : 0);
            _unixMs = _time.GetUtcNow().ToUnixTimeMilliseconds() - (handedOver * 1000);
        }

        long due = Due(handedOver);
        if (now < due)
        {
            time = default;
            return false;
        }

        if (_paced && (now - due) > MostLateSeconds * _time.TimestampFrequency)
        {
            _moved += now - due;
            _anchor += now - due;
            due = now;
        }

        double movedMs = _moved * 1000.0 / _time.TimestampFrequency;
        time = new FrameTime(_paced ? due - (long)Math.Round((handedOver - seconds) * _ticksPerSecond) : now, (long)Math.Round(_unixMs + movedMs + (seconds * 1000)), IsRecorded: true);
        return true;
    }
}
