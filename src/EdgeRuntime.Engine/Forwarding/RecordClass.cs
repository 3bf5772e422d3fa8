namespace EdgeRuntime.Engine.Forwarding;

/// <summary>How much a message matters once there is no room for all. Earlier ones are sent first and dropped last.</summary>
/// <remarks>
/// Every topic class belongs to one of them as a whole: its messages are numbered together, and a receiver that waits for
/// a number that comes much later would take it for a repeated one.
/// </remarks>
public enum RecordClass
{
    /// <summary>What happened: steps of updates, and events. Written at once; what somebody awaits is sent only then.</summary>
    Result,

    /// <summary>Windows of counters: merged before any is dropped.</summary>
    Aggregate,

    /// <summary>Single predictions: joined into fuller batches before any is dropped.</summary>
    Sample,
}

/// <summary>Names and numbers of <see cref="RecordClass"/>.</summary>
public static class RecordClasses
{
    /// <summary>How many there are.</summary>
    public const int Count = 3;

    /// <summary>All, the most important first.</summary>
    public static IReadOnlyList<RecordClass> All { get; } = [RecordClass.Result, RecordClass.Aggregate, RecordClass.Sample];

    /// <summary>The class of a message by what follows <c>up/</c> in its topic, such as <c>window/vitals</c>.</summary>
    public static RecordClass Of(string rest) => TopicClass(rest) switch
    {
        "window" => RecordClass.Aggregate,
        "prediction" => RecordClass.Sample,
        _ => RecordClass.Result,
    };

    /// <summary>The topic class messages are numbered in: the first level of what follows <c>up/</c>.</summary>
    public static string TopicClass(string rest)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 ? rest.AsSpan() : rest.AsSpan(0, slash)) switch
        {
            // The usual ones without making a text of each message.
            "window" => "window",
            "prediction" => "prediction",
            "event" => "event",
            "update" => "update",
            var other => other.ToString(),
        };
    }

    /// <summary>As in reports: <c>results</c>, <c>aggregates</c>, <c>samples</c>.</summary>
    public static string Name(this RecordClass kind) => kind switch
    {
        RecordClass.Result => "results",
        RecordClass.Aggregate => "aggregates",
        _ => "samples",
    };
}
