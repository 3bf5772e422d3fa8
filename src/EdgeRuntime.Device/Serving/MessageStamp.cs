using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Device.Serving;

/// <summary>Gives every message its boot, sequence and time. For the agent's thread only.</summary>
internal sealed class MessageStamp(BootId boot, TimeProvider time)
{
    private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);

    /// <summary>This run of the process.</summary>
    public BootId Boot => boot;

    /// <summary>Now, UTC milliseconds.</summary>
    public long UnixMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>True when wall time can be trusted.</summary>
    public bool ClockSynchronized { get; } = MachineInfo.ClockSynchronized();

    /// <summary>The next sequence of a topic class, from 1.</summary>
    public long Next(string topicClass)
    {
        long next = _sequences.GetValueOrDefault(topicClass) + 1;
        _sequences[topicClass] = next;
        return next;
    }
}
