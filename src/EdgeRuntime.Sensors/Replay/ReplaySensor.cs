using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>A recording replayed: the recorded values, to the bit, at the recorded pace, faster, or as fast as it is read.</summary>
/// <remarks>
/// The wall time of a frame is the recorded one where the recording tells it, else counted from the start. In a loop it
/// goes on growing: the second round lies after the first.
/// </remarks>
public sealed class ReplaySensor : ISensor
{
    private readonly Recording _recording;
    private readonly PlaybackClock _clock;
    private readonly Disturbances _disturbances;
    private readonly bool _loop;
    private readonly double _firstSeconds;
    private readonly int _channels;
    private int _row;
    private long _round;

    /// <summary>Loads the recording; its first frame is due at once.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    /// <exception cref="RecordingException">The recording has mistakes; the message lists them.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ReplaySensor(TimeProvider time, ReplayOptions options)
    {
        Refuse(options.Validate());
        _recording = RecordingReader.Read(options);
        Refuse([.. Disturbances.Validate(options.Disturbances, _recording.Channels)]);
        _disturbances = new Disturbances(options.Disturbances, _recording.Channels);
        _clock = new PlaybackClock(time, options.Speed);
        _channels = _recording.Channels.Count;
        _loop = options.Loop;

        double start = _loop ? options.StartSeconds % _recording.RoundSeconds : options.StartSeconds;
        int row = Array.BinarySearch(_recording.Seconds, start);
        _row = row >= 0 ? row : ~row;
        if (_row == _recording.Seconds.Length)
        {
            Refuse(_loop ? [] : [$"start_s: {start} lies after the recording's end, {_recording.Seconds[^1]:0.###} s"]);
            _row = 0;
        }

        _firstSeconds = _recording.Seconds[_row];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels => _recording.Channels;

    /// <summary>Frames per second of the recording, however fast it is replayed: what the model sees.</summary>
    public double RateHz => _recording.RateHz;

    /// <inheritdoc/>
    public long NextDue => _clock.Due(Elapsed);

    /// <inheritdoc/>
    public bool Ended => _row == _recording.Seconds.Length;

    /// <summary>
    /// The truth: what the recording's column <c>label</c> says of the frame last read. Empty before the first, and where
    /// there is no such column.
    /// </summary>
    public string Label { get; private set; } = "";

    // Seconds of the next frame since the first one delivered.
    private double Elapsed
    {
        get
        {
            double inRound = Ended ? _recording.RoundSeconds : _recording.Seconds[_row];
            return (_round * _recording.RoundSeconds) + inRound - _firstSeconds;
        }
    }

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        double elapsed = Elapsed;
        if (Ended || !_clock.TryTake(elapsed, out time))
        {
            time = default;
            return false;
        }

        _recording.Values.AsSpan(_row * _channels, _channels).CopyTo(frame);
        _disturbances.Apply(elapsed, frame);
        if (_recording.StartUnixMs is { } start)
        {
            time = time with { UnixMs = (long)Math.Round(start + ((_firstSeconds + elapsed) * 1000)) };
        }

        Label = _recording.Labels.Length > 0 ? _recording.LabelNames[_recording.Labels[_row]] : "";
        _row++;
        if (_loop && Ended)
        {
            _row = 0;
            _round++;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void Refuse(IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }
    }
}
