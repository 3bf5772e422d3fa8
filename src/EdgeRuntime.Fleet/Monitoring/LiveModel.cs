using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>What one model of one device does now. Belongs to the fleet's thread.</summary>
public sealed class LiveModel
{
    /// <summary>Newest decisions kept for the page's chart: ten minutes at one a second.</summary>
    public const int MaxPoints = 600;

    private readonly Queue<LatestMessage> _points = new();

    /// <summary>Newest decision; null before the first.</summary>
    public LatestMessage? Latest { get; private set; }

    /// <summary>Newest window; null before the first.</summary>
    public ReceivedWindow? Window { get; private set; }

    /// <summary>Samples of all windows since the manager started.</summary>
    public long Samples { get; private set; }

    /// <summary>Failed samples of all windows since the manager started.</summary>
    public long Failed { get; private set; }

    /// <summary>Newest decisions, the oldest first.</summary>
    public IEnumerable<LatestMessage> Points => _points;

    /// <summary>Samples a second in the newest window; 0 before the first, or when it holds one sample.</summary>
    public double RateHz
    {
        get
        {
            WindowMessage? window = Window?.Message;
            double seconds = window is null ? 0 : (window.EndUnixMs - window.StartUnixMs) / 1000.0;
            return seconds > 0 ? (window!.Samples - 1) / seconds : 0;
        }
    }

    /// <summary>True when the newest window is recent enough to speak for the present: within three of its own lengths, at least 15 s.</summary>
    public bool IsCurrent(long nowMs) => Window is ReceivedWindow window
        && nowMs - window.ReceivedMs <= Math.Max(15_000, 3 * (window.Message.EndUnixMs - window.Message.StartUnixMs));

    /// <summary>Takes a decision. False when it is not newer than the newest: it came twice, or late.</summary>
    public bool Take(LatestMessage latest)
    {
        bool isNew = Latest is null || (latest.Boot == Latest.Boot ? latest.Sequence > Latest.Sequence : latest.UnixMs >= Latest.UnixMs);
        if (isNew)
        {
            Latest = latest;
            _points.Enqueue(latest);
            if (_points.Count > MaxPoints)
            {
                _points.Dequeue();
            }
        }

        return isNew;
    }

    /// <summary>Takes a window that did not come before. One that was delayed counts, and does not become the newest.</summary>
    public void Take(ReceivedWindow window)
    {
        Samples += window.Message.Samples;
        Failed += window.Message.Failed;
        Restore(window);
    }

    /// <summary>Takes a window from the database, after a restart.</summary>
    public void Restore(ReceivedWindow window)
    {
        if (Window is null || window.EndMs >= Window.EndMs)
        {
            Window = window;
        }
    }
}
