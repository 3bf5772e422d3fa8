using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Replays a series through the device's own watch, with or without a fault in it.</summary>
internal sealed class FaultReplay
{
    private const long Frequency = 1000;

    private readonly FaultSeries _series;
    private readonly ChannelHealth _health;
    private readonly double[] _frame;
    private readonly int[] _standing;
    private long _clock;

    public FaultReplay(FaultSeries series)
    {
        _series = series;
        Channel[] channels = [.. series.Channels.Select(channel => new Channel(channel.Name, channel.Unit))];
        _health = new ChannelHealth(series.Channels, channels, null, 1000 / series.IntervalMs, Frequency, reference: series.Profile);
        _frame = new double[channels.Length];
        _standing = new int[channels.Length];
    }

    /// <summary>The watch.</summary>
    public ChannelHealth Health => _health;

    /// <summary>Gives the watch a frame.</summary>
    /// <param name="row">Of the replay.</param>
    /// <param name="change">What becomes of the values; null for nothing.</param>
    /// <param name="unixMs">The time it tells; null for its own.</param>
    /// <param name="sinceMs">Time since the frame before, by the monotonic clock; null for that of the series.</param>
    public void Push(int row, Action<double[]>? change = null, long? unixMs = null, double? sinceMs = null)
    {
        for (int i = 0; i < _frame.Length; i++)
        {
            _frame[i] = _series.Replayed[i][row];
        }

        change?.Invoke(_frame);

        // A recorded clock that was set back did not stop the monotonic one.
        double step = row == 0 ? 0 : _series.Times[row] - _series.Times[row - 1];
        _clock += (long)(sinceMs ?? (step > 0 ? step : _series.IntervalMs));
        _health.Check(_frame, new FrameTime(_clock, unixMs ?? (long)_series.Times[row]));
    }

    /// <summary>Faults that began to stand with the newest frame.</summary>
    public IEnumerable<(int Channel, ChannelFault Fault)> Begun()
    {
        for (int i = 0; i < _standing.Length; i++)
        {
            int begun = _health.Standing(i) & ~_standing[i];
            _standing[i] = _health.Standing(i);
            foreach (ChannelFault fault in Enum.GetValues<ChannelFault>())
            {
                if ((begun & (1 << (int)fault)) != 0)
                {
                    yield return (i, fault);
                }
            }
        }
    }
}
