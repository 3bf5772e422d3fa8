using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Sensors.Gpio;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// A GPIO line that obeys a model's decisions. A line that cannot be had does not keep the model from answering: it is told, and
/// tried again. For the agent's thread, but for the driving itself.
/// </summary>
internal sealed class LineOutput : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly ActionConfiguration.Line _configuration;
    private readonly string _consumer;
    private readonly TimeProvider _time;
    private GpioLine? _line;
    private long? _tried;
    private string? _objection;
    private string? _told;

    /// <param name="consumer">Who holds the line, for people who list lines.</param>
    public LineOutput(ActionConfiguration.Line configuration, string consumer, TimeProvider time)
    {
        _configuration = configuration;
        _consumer = consumer;
        _time = time;
        Output = new DecisionOutput(configuration.Decisions, configuration.IsSafeOn, Drive);
    }

    /// <summary>What the sample path drives.</summary>
    public DecisionOutput Output { get; }

    /// <summary>Takes the line when that is due.</summary>
    public void Step()
    {
        if (_line is not null || (_tried is long tried && _time.GetElapsedTime(tried) < Retry))
        {
            return;
        }

        _tried = _time.GetTimestamp();
        try
        {
            GpioLine line = GpioLine.Open(
                _configuration.Chip, _configuration.Offset, _configuration.ActiveLow, _configuration.IsSafeOn, _consumer);
            _objection = null;
            Volatile.Write(ref _line, line);
        }
        catch (IOException e)
        {
            _objection = e.Message;
        }
    }

    /// <summary>A change since the last call: why it does not obey, or null when it does again.</summary>
    public bool TakeFault(out string? fault)
    {
        fault = _objection ?? (Output.IsFailing ? $"{_line?.Name ?? $"line {_configuration.Offset} of {_configuration.Chip}"} cannot be switched" : null);
        bool changed = (fault is null) != (_told is null);
        _told = fault;
        return changed;
    }

    /// <summary>Leaves it in its safe state. Once the thread that decides has ended.</summary>
    public void Dispose()
    {
        Output.Release();
        _line?.Dispose();
        _line = null;
    }

    private bool Drive(bool on) => Volatile.Read(ref _line) is GpioLine line && line.TrySet(on);
}
