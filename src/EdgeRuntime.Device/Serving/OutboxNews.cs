using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>Sees what is new about the durable outbox: sentences for people, and counts worth a new status. For the agent's thread only.</summary>
internal sealed class OutboxNews(DurableOutbox outbox, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private (string Storage, long Merged, long Dropped, long Damaged) _told = ("disk", 0, 0, 0);
    private long _lookedAt;

    /// <summary>Tells what happened.</summary>
    /// <param name="tell">Given each sentence.</param>
    /// <returns>True when messages were merged or dropped, or the disk failed or works again; at most once a minute.</returns>
    public bool Step(Action<string> tell)
    {
        foreach (string sentence in outbox.TakeNotices())
        {
            DeviceLog.Noticed(logger, sentence);
            tell(sentence);
        }

        if (time.GetElapsedTime(_lookedAt) < Every)
        {
            return false;
        }

        _lookedAt = time.GetTimestamp();
        OutboxReport report = outbox.Report();
        (string, long, long, long) now = (
            report.Storage,
            report.Classes.Values.Sum(tally => tally.Merged),
            report.Classes.Values.Sum(tally => tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage),
            report.Damaged);
        bool isNew = now != _told;
        _told = now;
        return isNew;
    }
}
