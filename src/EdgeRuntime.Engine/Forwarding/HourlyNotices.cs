namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Sentences that somebody should know, a few at most, and of one kind at most one an hour. Not thread-safe.</summary>
internal sealed class HourlyNotices(TimeProvider time)
{
    private const int MostNotices = 16;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly Queue<string> _notices = [];
    private readonly Dictionary<string, long> _noticed = new(StringComparer.Ordinal);

    /// <summary>Adds a sentence, or passes it over when one of its kind came within the hour.</summary>
    public void Add(string kind, string sentence)
    {
        if (_noticed.TryGetValue(kind, out long last) && time.GetElapsedTime(last) < Every)
        {
            return;
        }

        _noticed[kind] = time.GetTimestamp();
        if (_notices.Count < MostNotices)
        {
            _notices.Enqueue(sentence);
        }
    }

    /// <summary>All since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        if (_notices.Count == 0)
        {
            return [];
        }

        string[] notices = [.. _notices];
        _notices.Clear();
        return notices;
    }
}
