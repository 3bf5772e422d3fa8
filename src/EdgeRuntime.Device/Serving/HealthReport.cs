using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>Faults of one kind that began or ended.</summary>
/// <param name="Fault">Its name on the wire.</param>
/// <param name="Begins">False when they ended.</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="Channels">The channels, each with the frames that showed it so far; for a clock its number of jumps.</param>
/// <param name="Findings">Since when and how surely each of them has it; null of what ended, and of clocks.</param>
internal sealed record HealthChange(
    string Fault, bool Begins, string Detail, IReadOnlyDictionary<string, double> Channels, IReadOnlyList<ChannelFinding>? Findings = null);

/// <summary>Says what is new about the health of a model's channels. For the agent's thread only.</summary>
internal sealed class HealthReport(ChannelHealth health)
{
    private const int MostNamed = 5;

    private readonly long[] _told = new long[health.Names.Count * ChannelFaults.Count];
    private readonly int[] _standing = new int[health.Names.Count];
    private readonly long[] _clockTold = new long[Enum.GetValues<ClockFault>().Length];
    private readonly long[] _clockSeen = new long[Enum.GetValues<ClockFault>().Length];

    /// <summary>Faults standing now, by channel; null when there is none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Standing()
    {
        Dictionary<string, IReadOnlyList<string>>? standing = null;
        for (int channel = 0; channel < health.Names.Count; channel++)
        {
            int faults = health.Standing(channel);
            if (faults != 0)
            {
                standing ??= [];
                standing[health.Names[channel]] =
                    [.. Enum.GetValues<ChannelFault>().Where(fault => (faults & (1 << (int)fault)) != 0).Select(fault => fault.Name())];
            }
        }

        return standing;
    }

    /// <summary>Frames that showed a fault since the last call, for a window of counters.</summary>
    /// <returns>The channels that had any; null when none had.</returns>
    public IReadOnlyList<ChannelCounts>? TakeCounts()
    {
        List<ChannelCounts>? counts = null;
        for (int channel = 0; channel < health.Names.Count; channel++)
        {
            Dictionary<string, long>? faults = null;
            foreach (ChannelFault fault in Enum.GetValues<ChannelFault>())
            {
                int at = (channel * ChannelFaults.Count) + (int)fault;
                long now = health.Counts(channel, fault);
                if (now != _told[at])
                {
                    faults ??= [];
                    faults[fault.Name()] = now - _told[at];
                    _told[at] = now;
                }
            }

            if (faults is not null)
            {
                counts ??= [];
                counts.Add(new ChannelCounts { Name = health.Names[channel], Faults = faults });
            }
        }

        return counts;
    }

    /// <summary>What came since the last call that the reference does not list, by channels of categories; null where all is listed.</summary>
    /// <param name="hidden">Channels of which nothing may be told.</param>
    public IReadOnlyList<CategoryCounts>? TakeCategories(IReadOnlySet<string> hidden)
    {
        List<CategoryCounts>? categories = null;
        health.TakeCategories((channel, counts) =>
        {
            if (!hidden.Contains(health.Names[channel]))
            {
                categories ??= [];
                categories.Add(CategoryReport.Of(health.Names[channel], counts));
            }
        });
        return categories;
    }

    /// <summary>Jumps of the wall clock since the last call, by name; null when there was none.</summary>
    public IReadOnlyDictionary<string, long>? TakeClock()
    {
        Dictionary<string, long> jumps = [];
        foreach (ClockFault fault in Enum.GetValues<ClockFault>())
        {
            long now = CountOf(fault);
            if (now != _clockTold[(int)fault])
            {
                jumps[fault.Name()] = now - _clockTold[(int)fault];
                _clockTold[(int)fault] = now;
            }
        }

        return jumps.Count > 0 ? jumps : null;
    }

    /// <summary>What began or ended since the last call: one entry for each kind of fault, however many channels it concerns.</summary>
    public IReadOnlyList<HealthChange> TakeChanges()
    {
        // Looked at once: the sample path goes on meanwhile.
        List<HealthChange> changes = [];
        int[] now = [.. Enumerable.Range(0, _standing.Length).Select(health.Standing)];
        if (!now.AsSpan().SequenceEqual(_standing))
        {
            foreach (ChannelFault fault in Enum.GetValues<ChannelFault>())
            {
                Add(changes, now, fault, begins: true);
                Add(changes, now, fault, begins: false);
            }

            now.CopyTo(_standing, 0);
        }

        foreach (ClockFault fault in Enum.GetValues<ClockFault>())
        {
            long jumps = CountOf(fault);
            if (jumps != _clockSeen[(int)fault])
            {
                _clockSeen[(int)fault] = jumps;
                changes.Add(new HealthChange(fault.Name(), true, Sentence(fault), new Dictionary<string, double> { [fault.Name()] = jumps }));
            }
        }

        return changes;
    }

    private long CountOf(ClockFault fault) => fault switch
    {
        ClockFault.Backwards => health.ClockBackwards,
        ClockFault.Forwards => health.ClockForwards,
        _ => health.RateChanges,
    };

    private string Sentence(ClockFault fault) => fault switch
    {
        ClockFault.Backwards => "the wall clock was set back",
        ClockFault.Forwards => "the wall clock leapt forward: it was set, or the machine was asleep",
        _ => string.Create(CultureInfo.InvariantCulture, $"frames come {health.RateRatio:0.##} times as often as in the package's reference"),
    };

    private void Add(List<HealthChange> changes, int[] standing, ChannelFault fault, bool begins)
    {
        Dictionary<string, double>? channels = null;
        List<ChannelFinding> findings = [];
        for (int channel = 0; channel < _standing.Length; channel++)
        {
            int bit = 1 << (int)fault;
            int now = standing[channel] & bit;
            if (now != (_standing[channel] & bit) && (now != 0) == begins)
            {
                channels ??= [];
                channels[health.Names[channel]] = health.Counts(channel, fault);
                findings.Add(new ChannelFinding
                {
                    Name = health.Names[channel],
                    SinceUnixMs = health.SinceUnixMs(channel, fault),
                    Sure = health.Sure(channel, fault),
                });
            }
        }

        if (channels is not null)
        {
            string detail = Sentence(fault, begins, [.. channels.Keys]);
            if (begins && fault == ChannelFault.Unit)
            {
                detail += Units(channels.Keys);
            }

            changes.Add(new HealthChange(fault.Name(), begins, detail, channels, begins ? findings : null));
        }
    }

    // What each of them is told in, where that is known.
    private string Units(IEnumerable<string> names)
    {
        string[] known =
        [
            .. from name in names
               let unit = health.OtherUnit(health.Names.ToList().IndexOf(name))
               where unit is not null
               select $"{name} as {unit}",
        ];
        return known.Length > 0 ? $": {string.Join(", ", known.Take(MostNamed))}" : "";
    }

    private static string Sentence(ChannelFault fault, bool begins, IReadOnlyList<string> names)
    {
        string listed = names.Count <= MostNamed
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(MostNamed))} and {names.Count - MostNamed} more";
        string what = fault switch
        {
            ChannelFault.Missing => "no value",
            ChannelFault.Infinite => "an infinite value",
            ChannelFault.OutOfRange => "values outside the physical range",
            ChannelFault.Rate => "values that change faster than they can",
            ChannelFault.Saturated => "a clipped signal",
            ChannelFault.Unit => "values in another unit",
            ChannelFault.Swapped => "another channel's values",
            ChannelFault.Novel => "values that the package's reference never saw",
            ChannelFault.Schema => "values between the steps that the package's reference has",
            _ => "the same value for too long",
        };
        return begins ? $"{what} from {listed}" : $"no longer {what} from {listed}";
    }
}
