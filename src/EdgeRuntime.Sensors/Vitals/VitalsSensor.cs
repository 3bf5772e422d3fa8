using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>
/// The machine's own vital signs, live from /proc and /sys: processors, memory, pressure stalls, disks, network,
/// temperature. Shares and rates per core, so that a model moves from one machine to another.
/// </summary>
/// <remarks>
/// Rates are over the time since the frame before, measured, not assumed. The constructor reads once, so that the
/// first frame has something to compare with. What the kernel does not show is NaN in every frame.
/// </remarks>
public sealed class VitalsSensor : ISensor
{
    private static readonly Channel[] AllChannels =
    [
        .. ProcessorVitals.Channels, .. MemoryVitals.Channels, .. PressureVitals.Channels, .. DiskVitals.Channels,
        .. NetworkVitals.Channels, .. ClimateVitals.Channels,
    ];

    private readonly TimeProvider _time;
    private readonly long _period;
    private readonly KernelBuffer _buffer = new();
    private readonly ProcessorVitals _processors;
    private readonly MemoryVitals _memory;
    private readonly PressureVitals _pressure;
    private readonly DiskVitals _disks;
    private readonly NetworkVitals _network;
    private readonly ClimateVitals _climate;
    private readonly double[] _frame = new double[AllChannels.Length];
    private long _last;

    /// <summary>Opens the kernel's files and takes the first reading; the first frame is due one period later.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    /// <exception cref="IOException">/proc/stat cannot be read.</exception>
    public VitalsSensor(TimeProvider time, VitalsOptions options)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        _time = time;
        RateHz = options.RateHz;
        _period = (long)(time.TimestampFrequency / options.RateHz);
        _processors = new ProcessorVitals(options.Root);
        _memory = new MemoryVitals(options.Root);
        _pressure = new PressureVitals(options.Root);
        _disks = new DiskVitals(options.Root);
        _network = new NetworkVitals(options.Root);
        _climate = new ClimateVitals(options.Root);
        _last = time.GetTimestamp();
        NextDue = _last + _period;
        Take(seconds: 1 / options.RateHz);
    }

    /// <summary>Every channel this sensor has, on any machine.</summary>
    public static IReadOnlyList<Channel> EveryChannel => AllChannels;

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels => AllChannels;

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public long NextDue { get; private set; }

    /// <inheritdoc/>
    public bool Ended => false;

    /// <summary>Cores online at the last frame; at least 1.</summary>
    public int Cores => _processors.Cores;

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        long now = _time.GetTimestamp();
        if (now < NextDue)
        {
            time = default;
            return false;
        }

        // Missed frames are not made up: the counters of the kernel held them, and this frame tells their mean.
        // But never closer than half a period, over which shares would be made of a handful of ticks.
        NextDue = Math.Max(NextDue + _period, now + (_period / 2));
        double seconds = Math.Max(now - _last, 1) / (double)_time.TimestampFrequency;
        _last = now;
        Take(seconds);
        _frame.CopyTo(frame);
        time = new FrameTime(now, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _processors.Dispose();
        _memory.Dispose();
        _pressure.Dispose();
        _disks.Dispose();
        _network.Dispose();
        _climate.Dispose();
    }

    // Into memory of our own first, so that a failed reading leaves the caller's frame as it was.
    private void Take(double seconds)
    {
        Span<double> rest = _frame;
        if (!_processors.Read(_buffer, seconds, rest))
        {
            throw new IOException("/proc/stat cannot be read");
        }

        rest = rest[ProcessorVitals.Channels.Length..];
        _memory.Read(_buffer, seconds, _processors.Cores, rest);
        rest = rest[MemoryVitals.Channels.Length..];
        _pressure.Read(_buffer, seconds, rest);
        rest = rest[PressureVitals.Channels.Length..];
        _disks.Read(_buffer, seconds, rest);
        rest = rest[DiskVitals.Channels.Length..];
        _network.Read(_buffer, seconds, rest);
        rest = rest[NetworkVitals.Channels.Length..];
        _climate.Read(_buffer, rest);
    }
}
