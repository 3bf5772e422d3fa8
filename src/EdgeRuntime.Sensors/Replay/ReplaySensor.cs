using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>A recording replayed: the recorded values, to the bit, at the recorded pace, faster, or as fast as it is read.</summary>
/// <remarks>
/// Rows come in blocks where the options say so: all rows of a block are due with its last one, and are then read one
/// after the other, each with its own time.
/// The wall time of a frame is the recorded one where the recording tells it, else counted from the start. In a loop it
/// goes on growing: the second round lies after the first. Where the clock was set while it was recorded, it is set again.
/// </remarks>
public sealed class ReplaySensor : ISensor
{
    // The period in which audio drivers hand over what they have taken.
    private const double WavBlockSeconds = 0.01;

    private readonly Recording _recording;
    private readonly PlaybackClock _clock;
    private readonly Disturbances _disturbances;
    private readonly bool _loop;
    private readonly double _firstSeconds;
    private readonly int _block;
    private readonly double? _startUnixMs;
    private int _row;
    private long _inBlock;
    private long _round;
    private double _lastWallMs = double.NaN;
    private double _lastElapsed;

    /// <summary>Loads the recording; its first frame is due at once.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    /// <exception cref="RecordingException">The recording has mistakes; the message lists them.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ReplaySensor(TimeProvider time, ReplayOptions options)
    {
        Refuse(options.Validate());
        _recording = Load(options);
        Refuse([.. Disturbances.Validate(options.Disturbances, _recording.Channels)]);
        _disturbances = new Disturbances(options.Disturbances, _recording.Channels);
        _clock = new PlaybackClock(time, options.Speed);
        _block = options.BlockFrames ?? (IsWav(options.Path) ? Math.Max(1, (int)(_recording.RateHz * WavBlockSeconds)) : 1);
        _loop = options.Loop;
        _startUnixMs = _recording.StartUnixMs ?? options.StartUnixMs;

        double start = _loop ? options.StartSeconds % _recording.RoundSeconds : options.StartSeconds;
        _row = _recording.RowAt(start);
        if (_row == _recording.Rows)
        {
            Refuse(_loop ? [] : [$"start_s: {start} lies after the recording's end, {_recording.SecondsOf(_row - 1):0.###} s"]);
            _row = 0;
        }

        _firstSeconds = _recording.SecondsOf(_row);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels => _recording.Channels;

    /// <summary>Frames per second of the recording, however fast it is replayed: what the model sees.</summary>
    public double RateHz => _recording.RateHz;

    /// <inheritdoc/>
    public long NextDue => _clock.Due(ElapsedAt(BlockEnd));

    /// <inheritdoc/>
    public bool Ended => _row == _recording.Rows;

    /// <summary>
    /// The truth: what the recording's column <c>label</c> says of the frame last read. Empty before the first, and where
    /// there is no such column.
    /// </summary>
    public string Label { get; private set; } = "";

    // The last row of the block that the next row is in. A block ends with the recording, and the next round begins one.
    private int BlockEnd => (int)Math.Min(_row + (_block - 1 - _inBlock), _recording.Rows - 1);

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        double elapsed = ElapsedAt(_row);
        if (Ended || !_clock.TryTake(elapsed, ElapsedAt(BlockEnd), out time))
        {
            time = default;
            return false;
        }

        _recording.Frames.Read(_row, frame);
        _disturbances.Apply(elapsed, frame);
        if (_recording.WallMs is { } wall)
        {
            time = OnWallClock(wall, elapsed, time);
        }
        else if (_startUnixMs is { } start)
        {
            time = time with { UnixMs = (long)Math.Round(start + ((_firstSeconds + elapsed) * 1000)) };
        }

        Label = _recording.Labels.Length > 0 ? _recording.LabelNames[_recording.Labels[_row]] : "";
        _row++;
        _inBlock = _inBlock + 1 == _block ? 0 : _inBlock + 1;
        if (_loop && Ended)
        {
            _row = 0;
            _inBlock = 0;
            _round++;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // With how far the clock was set since the frame before.
    private FrameTime OnWallClock(double[] wall, double elapsed, FrameTime time)
    {
        double ms = wall[_row] + (_round * _recording.RoundSeconds * 1000);
        double jump = ms - _lastWallMs - ((elapsed - _lastElapsed) * 1000);
        (_lastWallMs, _lastElapsed) = (ms, elapsed);
        return time with { UnixMs = (long)Math.Round(ms), JumpMs = double.IsNaN(jump) ? 0 : jump };
    }

    // Seconds of a row of this round since the first frame delivered.
    private double ElapsedAt(int row)
    {
        double inRound = row == _recording.Rows ? _recording.RoundSeconds : _recording.SecondsOf(row);
        return (_round * _recording.RoundSeconds) + inRound - _firstSeconds;
    }

    private static Recording Load(ReplayOptions options) => Path.GetExtension(options.Path).ToLowerInvariant() switch
    {
        ".npy" => ArrayRecording.ReadNpy(options),
        ".wav" or ".wave" => ArrayRecording.ReadWav(options),
        _ => RecordingReader.Read(options),
    };

    private static bool IsWav(string path) => Path.GetExtension(path).ToLowerInvariant() is ".wav" or ".wave";

    private static void Refuse(IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }
    }
}
