using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>
/// What the manager says it has stored, and what it owes a word for: releases messages, and has them sent again to one that came anew or
/// that says nothing for too long. Under the lock of its outbox.
/// </summary>
internal sealed class ManagerReceipts(DurableOutbox outbox, TimeProvider time)
{
    private const int MostReminded = 16;

    private static readonly TimeSpan FirstReminder = TimeSpan.FromSeconds(30);

    private bool _isThere;
    private long _saidMs = long.MinValue;

    /// <summary>The manager has stored everything of a run and topic class up to a number.</summary>
    public void Take(string topicClass, BootId boot, long highest)
    {
        MessageKey key = new(boot, topicClass);
        OutboxLine line = outbox.Lines[(int)RecordClasses.Of(topicClass)];
        if (Release(line, key, highest))
        {
            line.Trim();
            line.Reminders = 0;
            line.OwedSince = Owes(line) ? time.GetTimestamp() : null;
        }
    }

    /// <summary>A manager said that it is there, or gone; all that it has not acknowledged waits again where one came anew.</summary>
    /// <param name="saidMs">When it said so; a retained word that is heard again says nothing new.</param>
    /// <returns>True where one came anew.</returns>
    public bool TakePresence(bool isThere, long saidMs)
    {
        _isThere = isThere;
        if (!isThere || saidMs == _saidMs)
        {
            return false;
        }

        _saidMs = saidMs;
        foreach (OutboxLine line in outbox.Lines)
        {
            SendAgain(line, int.MaxValue);
        }

        return true;
    }

    /// <summary>Sends again what the manager owes a word for too long; its first reminder comes before it gives a gap up.</summary>
    public void Remind(bool isConnected)
    {
        foreach (OutboxLine line in outbox.Lines)
        {
            TimeSpan patience = FirstReminder * (1 << Math.Min(line.Reminders, 5));
            if (isConnected && _isThere && line.OwedSince is long since && time.GetElapsedTime(since) >= patience)
            {
                line.Reminders++;
                line.OwedSince = time.GetTimestamp();
                SendAgain(line, MostReminded);
            }
        }
    }

    // True when anything was released.
    private bool Release(OutboxLine line, MessageKey key, long highest)
    {
        bool progress = false;
        foreach (Segment segment in line.Segments)
        {
            if (segment.Phase == SegmentPhase.Parked && segment.Unacknowledged.TryGetValue(key, out long last) && last <= highest)
            {
                segment.Unacknowledged.Remove(key);
                progress = true;
                if (segment.Unacknowledged.Count == 0)
                {
                    line.Release(segment);
                }
            }
            else if (segment.Phase == SegmentPhase.Loaded && !Release(line, segment.Entries, key, highest, ref progress))
            {
                return progress;
            }
        }

        Release(line, line.Tail, key, highest, ref progress);
        return progress;
    }

    // Parts of a key in order: past the first that was never sent, nothing can be acknowledged.
    private bool Release(OutboxLine line, EntryQueue entries, MessageKey key, long highest, ref bool progress)
    {
        foreach (Entry entry in entries.All)
        {
            if (!entry.IsLive || entry.Key != key)
            {
                continue;
            }

            if (entry.Sequence > highest || !entry.WasSent)
            {
                return false;
            }

            outbox.Forget(entry);
            outbox.Safe(entry);
            line.Release(entry);
            progress = true;
        }

        return true;
    }

    private static bool Owes(OutboxLine line) =>
        line.Segments.Exists(segment => segment.Phase == SegmentPhase.Parked
            || (segment.Phase == SegmentPhase.Loaded && segment.Entries.All.Any(entry => entry.State == EntryState.Delivered)))
        || line.Tail.All.Any(entry => entry.State == EntryState.Delivered);

    private static void SendAgain(OutboxLine line, int most)
    {
        foreach (Segment segment in line.Segments)
        {
            // One is enough for a reminder: it holds the oldest that is missing.
            if (segment.Phase == SegmentPhase.Parked && most > 0)
            {
                segment.Phase = SegmentPhase.Idle;
                segment.Unacknowledged.Clear();
                most = most == int.MaxValue ? most : 0;
            }
            else if (segment.Phase == SegmentPhase.Loaded)
            {
                most = SendAgain(segment.Entries, most);
            }
        }

        SendAgain(line.Tail, most);
    }

    private static int SendAgain(EntryQueue entries, int most)
    {
        foreach (Entry entry in entries.All)
        {
            if (most > 0 && entry.State == EntryState.Delivered)
            {
                entry.State = EntryState.Waiting;
                most--;
            }
        }

        entries.Rewind();
        return most;
    }
}
