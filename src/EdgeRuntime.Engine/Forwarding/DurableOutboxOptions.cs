namespace EdgeRuntime.Engine.Forwarding;

/// <summary>How much a <see cref="DurableOutbox"/> keeps, and how it is emptied.</summary>
public sealed record DurableOutboxOptions
{
    /// <summary>Smallest <see cref="MaxBytes"/>.</summary>
    public const long LeastBytes = 256 * 1024;

    /// <summary>Largest <see cref="MaxBytes"/>.</summary>
    public const long MostBytes = 64L << 30;

    /// <summary>Bytes of log on the disk; while segments are merged, one segment more. (default: 50 MB; 256 KiB to 64 GiB)</summary>
    public long MaxBytes { get; init; } = 50_000_000;

    /// <summary>Age from which aggregates and samples are dropped; results stay. (default: 7 d; 1 min to 10 years)</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long aggregates and samples may wait in memory before they are written: what is acknowledged by then never costs
    /// the flash a write, and what a power failure may cost is no more than this. Results are written at once.
    /// (default: 10 s; 1 s to 10 min)
    /// </summary>
    public TimeSpan FlushAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages a second that are sent from the disk, so that a backlog does not crowd out what is new. (default: 200; 1 to 100,000)</summary>
    public int DrainPerSecond { get; init; } = 200;

    /// <summary>True: a message is kept until the fleet manager acknowledges it. False: until the broker does. (default: true)</summary>
    public bool AcknowledgedByManager { get; init; } = true;

    /// <summary>Bytes that may wait in memory to be written; more only where the disk takes nothing. (default: 4 MiB; 64 KiB to 1 GiB)</summary>
    public long MemoryBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of one segment, a hundredth of <see cref="MaxBytes"/> between 16 KiB and 512 KiB: what is dropped at once.</summary>
    public int SegmentBytes => (int)Math.Clamp(MaxBytes / 100, 16 * 1024, 512 * 1024);

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Check(errors, "max_bytes", MaxBytes, LeastBytes, MostBytes);
        Check(errors, "max_age_h", MaxAge.TotalHours, 1.0 / 60, 10 * 8766);
        Check(errors, "flush_s", FlushAfter.TotalSeconds, 1, 600);
        Check(errors, "drain_per_s", DrainPerSecond, 1, 100_000);
        Check(errors, "memory_bytes", MemoryBytes, 64 * 1024, 1 << 30);
        return errors;
    }

    private static void Check(List<string> errors, string name, double value, double min, double max)
    {
        if (!(value >= min && value <= max))
        {
            errors.Add(FormattableString.Invariant($"outbox.{name}: {value} is outside {min} to {max}"));
        }
    }
}
