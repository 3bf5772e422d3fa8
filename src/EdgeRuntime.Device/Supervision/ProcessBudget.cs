using System.Globalization;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Supervision;

/// <summary>The process went over a limit of its profile, or came back within.</summary>
/// <param name="Limit">The member of <c>limits</c>.</param>
/// <param name="IsOver">Which of the two.</param>
/// <param name="Detail">One sentence for people.</param>
internal sealed record BudgetChange(string Limit, bool IsOver, string Detail);

/// <summary>Holds memory and processor time of the whole process against the limits of the profile, window by window.</summary>
/// <param name="resident">Bytes in memory now.</param>
/// <param name="processor">Processor time used since the process began, all threads together.</param>
internal sealed class ProcessBudget(DeviceLimits limits, TimeProvider time, Func<long> resident, Func<TimeSpan> processor)
{
    /// <summary>Shorter, a single load of a model would look like a habit.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly bool _isAsked = limits.ResidentBytesMax is not null || limits.CpuCoresMax is not null;
    private long _since = time.GetTimestamp();
    private TimeSpan _before = limits.CpuCoresMax is null ? default : processor();
    private bool _memoryOver;
    private bool _processorOver;

    /// <summary>Closes the window when it is full.</summary>
    /// <returns>What has changed since the window before.</returns>
    public IReadOnlyList<BudgetChange> Look()
    {
        TimeSpan window = time.GetElapsedTime(_since);
        if (!_isAsked || window < Window)
        {
            return [];
        }

        _since = time.GetTimestamp();
        List<BudgetChange> changes = [];
        if (limits.ResidentBytesMax is long most)
        {
            long now = resident();
            if (now > most != _memoryOver)
            {
                _memoryOver = now > most;
                changes.Add(new BudgetChange("resident_bytes_max", _memoryOver, $"{now / 1048576} MiB resident, limit {most / 1048576}"));
            }
        }

        if (limits.CpuCoresMax is double cores)
        {
            TimeSpan used = processor();
            double share = (used - _before) / window;
            _before = used;
            if (share > cores != _processorOver)
            {
                _processorOver = share > cores;
                changes.Add(new BudgetChange("cpu_cores_max", _processorOver, string.Create(CultureInfo.InvariantCulture, $"{share:0.00} cores in use, limit {cores:0.##}")));
            }
        }

        return changes;
    }
}
