using System.Globalization;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors;

/// <summary>
/// Writes the frames of a sensor as <see cref="Replay.ReplaySensor"/> reads them: to CSV, with a label where one is
/// known, or to an array of doubles.
/// </summary>
public sealed class Recorder
{
    // Above this, milliseconds no longer tell two frames apart.
    private const double FastHz = 200;
    private const string Both = "both";

    private readonly ISensor _sensor;
    private readonly TimeProvider _time;
    private readonly RecorderOptions _options;
    private readonly Func<string>? _label;
    private readonly int[] _columns;
    private readonly double[] _frame;
    private readonly string? _format;

    /// <summary>Prepares a recording of <paramref name="sensor"/>, which stays the caller's.</summary>
    /// <param name="time">The clock the sensor was built with.</param>
    /// <param name="label">Asked after each frame for its label, written as the last column; null for no such column.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    public Recorder(ISensor sensor, TimeProvider time, RecorderOptions options, Func<string>? label)
    {
        string[] names = [.. sensor.Channels.Select(channel => channel.Name)];
        string[] wanted = options.Columns.Count > 0 ? [.. options.Columns] : names;
        string[] mistakes =
        [
            .. options.Validate(),
            .. wanted.Except(names).Select(name => $"columns: the sensor has no channel '{name}'"),
        ];
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        _sensor = sensor;
        _time = time;
        _options = options;
        _label = label;
        _columns = [.. wanted.Select(name => Array.IndexOf(names, name))];
        _frame = new double[names.Length];
        _format = options.Digits == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"G{options.Digits}");
    }

    /// <summary>Records until the time is over, the sensor has ended, or <paramref name="stop"/> is cancelled.</summary>
    /// <param name="output">Takes lines that end in a line feed; not closed.</param>
    /// <returns>Frames written.</returns>
    /// <exception cref="IOException">The sensor or the output failed; what was written stands.</exception>
    public async Task<long> RecordAsync(TextWriter output, CancellationToken stop)
    {
        bool fast = _sensor.RateHz > FastHz;
        string timeColumn = _options.TimeColumn ?? (fast ? "seconds" : "unix_ms");
        await output.WriteAsync(Header(timeColumn));
        FrameTime first = default;
        char[] line = new char[64 + (_columns.Length * 32)];
        long written = await EachAsync(
            async (index, time) =>
            {
                first = index == 0 ? time : first;
                double wall = (time.UnixMs - first.UnixMs) / 1000.0;
                double steady = time.IsRecorded ? wall : _time.GetElapsedTime(first.Timestamp, time.Timestamp).TotalSeconds;
                double seconds = timeColumn == Both ? steady : fast ? index / _sensor.RateHz : wall;
                int length = Format(line, timeColumn, time.UnixMs, seconds);
                await output.WriteAsync(line.AsMemory(0, length), CancellationToken.None);
                await output.WriteAsync(_label is null ? "\n" : $",{Quoted(_label())}\n");
                return true;
            },
            stop);
        await output.FlushAsync(CancellationToken.None);
        return written;
    }

    /// <summary>As above, to a file of doubles, which come back to the bit. It holds no time, and ends where its format's lengths do.</summary>
    /// <param name="output">Can seek; at its start; not closed.</param>
    /// <returns>Frames written.</returns>
    /// <exception cref="ArgumentException">The format cannot hold such a recording; the message says why.</exception>
    /// <exception cref="IOException">The sensor or the output failed; what was written stands.</exception>
    public async Task<long> RecordAsync(Stream output, ArrayFormat format, CancellationToken stop)
    {
        if (format == ArrayFormat.Wav && (_sensor.RateHz != Math.Floor(_sensor.RateHz) || _columns.Length > ushort.MaxValue / sizeof(double)))
        {
            throw new ArgumentException($"a WAV file cannot hold {_columns.Length} channels at {_sensor.RateHz} frames per second", nameof(format));
        }

        ArrayWriter writer = new(output, format, _columns.Length, _sensor.RateHz);
        double[] frame = new double[_columns.Length];
        long written = await EachAsync(
            (_, _) =>
            {
                for (int i = 0; i < frame.Length; i++)
                {
                    frame[i] = _frame[_columns[i]];
                }

                writer.Write(frame);
                return Task.FromResult(!writer.IsFull);
            },
            stop);
        writer.Finish();
        return written;
    }

    // Counted in frames, not by the clock: a simulation read as fast as it goes still yields what was asked for.
    private async Task<long> EachAsync(Func<long, FrameTime, Task<bool>> write, CancellationToken stop)
    {
        long wanted = Math.Max(1, (long)Math.Round(_options.Seconds * _sensor.RateHz));
        long written = 0;
        bool more = true;
        while (more && written < wanted && !_sensor.Ended && !stop.IsCancellationRequested)
        {
            if (!_sensor.TryRead(_frame, out FrameTime time))
            {
                await WaitAsync(stop);
                continue;
            }

            more = await write(written, time);
            written++;
        }

        return written;
    }

    private static string Quoted(string label) =>
        label.AsSpan().ContainsAny(",\"") ? $"\"{label.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : label;

    private string Header(string timeColumn)
    {
        IEnumerable<string> columns = _columns
            .Select(i => _sensor.Channels[i])
            .Select(channel => channel.Unit == "1" ? channel.Name : $"{channel.Name}[{channel.Unit}]");
        string[] times = timeColumn == Both ? ["unix_ms", "seconds"] : [timeColumn];
        return $"{string.Join(',', [.. times, .. columns])}{(_label is null ? "" : ",label")}\n";
    }

    private int Format(Span<char> line, string timeColumn, long unixMs, double seconds)
    {
        int length = 0;
        if (timeColumn != "seconds")
        {
            unixMs.TryFormat(line, out length, provider: CultureInfo.InvariantCulture);
        }

        if (timeColumn == Both)
        {
            line[length++] = ',';
        }

        // Twelve decimals tell apart the frames of any sensor.
        if (timeColumn != "unix_ms")
        {
            seconds.TryFormat(line[length..], out int digits, "0.############", CultureInfo.InvariantCulture);
            length += digits;
        }

        foreach (int column in _columns)
        {
            line[length++] = ',';
            double value = _frame[column];
            if (!double.IsNaN(value))
            {
                value.TryFormat(line[length..], out int digits, _format, CultureInfo.InvariantCulture);
                length += digits;
            }
        }

        return length;
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        // Timers count whole milliseconds and round down; a wait of nothing would burn a processor between two frames.
        // Fast sensors keep their frames for the reader, who takes them by the bundle instead of waking for each.
        double milliseconds = (_sensor.NextDue - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency;
        double shortest = _sensor.RateHz > FastHz ? 25 : 1;
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Max(shortest, Math.Ceiling(milliseconds)));
        try
        {
            await Task.Delay(wait, _time, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopping is not an error; the loop ends on the same token.
        }
    }
}
