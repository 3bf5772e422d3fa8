using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Simulated;

/// <summary>
/// A rotating machine with bearing faults, imbalance and misalignment, simulated from a seed; for demonstrations, tests
/// and labelled training data.
/// </summary>
/// <remarks>Frame n is the same whenever it is read: the machine's time is the count of frames, not the clock.</remarks>
public sealed class SimulatedSensor : ISensor
{
    private static readonly Channel[] AllChannels =
    [
        new("accel_x", "m/s2"), new("accel_y", "m/s2"), new("speed", "Hz"), new("current", "A"), new("temperature", "Cel"),
    ];

    private readonly PlaybackClock _clock;
    private readonly ConditionSchedule _schedule;
    private readonly RotatingMachine _machine;
    private readonly Disturbances _disturbances;
    private long _frames;

    /// <summary>Builds the machine; its first frame is due at once.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    public SimulatedSensor(TimeProvider time, SimulatedOptions options)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        _clock = new PlaybackClock(time, options.Speed);
        _schedule = new ConditionSchedule(options);
        _machine = new RotatingMachine(options);
        _disturbances = new Disturbances(options.Disturbances, AllChannels);
        RateHz = options.RateHz;
    }

    /// <summary>Every channel this sensor has.</summary>
    public static IReadOnlyList<Channel> EveryChannel => AllChannels;

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels => AllChannels;

    /// <summary>Frames per second of the machine's own time, however fast it is simulated: what the model sees.</summary>
    public double RateHz { get; }

    /// <inheritdoc/>
    public long NextDue => _clock.Due(_frames / RateHz);

    /// <inheritdoc/>
    public bool Ended => false;

    /// <summary>The truth: what was wrong with the machine in the frame last read. Healthy before the first.</summary>
    public MachineCondition Condition => _schedule.Condition;

    /// <summary>The truth: revolutions per second of the shaft in the frame last read. 0 before the first.</summary>
    public double ShaftHz => _machine.ShaftHz;

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        double seconds = _frames / RateHz;
        if (!_clock.TryTake(seconds, out time))
        {
            return false;
        }

        _schedule.MoveTo(seconds);
        _machine.Step(_schedule.Condition, _schedule.Severity, frame);
        _disturbances.Apply(seconds, frame);
        _frames++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
