using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// What the update of one line tells the fleet: each step and each end once, progress at most once a second.
/// </summary>
internal sealed class UpdateNews(string line, IUpdateEvents events, TimeProvider time)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private long _progressAt;
    private long _progressBytes = -1;

    /// <summary>The step a phase is to the fleet, or null when nothing is pending.</summary>
    public static UpdateState? StepOf(Activation phase) => phase switch
    {
        Activation.Downloading => UpdateState.Downloading,
        Activation.Verifying or Activation.Installing or Activation.Shadowing or Activation.Switching => UpdateState.Verifying,
        Activation.Soaking => UpdateState.Soaking,
        _ => null,
    };

    /// <summary>The step an end is to the fleet.</summary>
    public static UpdateState EndOf(Outcome end) => end switch
    {
        Outcome.Committed => UpdateState.Committed,
        Outcome.Rejected => UpdateState.Rejected,
        _ => UpdateState.Undone,
    };

    /// <summary>Tells an end.</summary>
    public void End(Outcome end) => events.OnStep(
        new UpdateStep(line, end.Deployment, end.Generation, end.Digest, EndOf(end))
        {
            Reason = (end as Outcome.Rejected)?.Reason ?? (end as Outcome.Undone)?.Reason,
            End = end,
        });

    /// <summary>Tells what a change of state means: ends first, then the new step.</summary>
    public void Change(LineState before, LineState after)
    {
        foreach (Outcome end in after.Untold.Where(end => !before.Untold.Contains(end)))
        {
            End(end);
        }

        bool same = StepOf(before.Phase) == StepOf(after.Phase) && before.Phase.Pending == after.Phase.Pending;
        if (!same && StepOf(after.Phase) is UpdateState step && after.Phase.Pending is { } order)
        {
            events.OnStep(new UpdateStep(line, order.Deployment, order.Generation, order.Digest, step));
        }

        events.OnReportedChanged();
    }

    /// <summary>Tells how often a candidate and the active package said the same.</summary>
    /// <param name="step">A part of checking it, where it has not answered yet; else of its trial.</param>
    public void Compared(UpdateOrder order, UpdateState step, ShadowCounts counts) => events.OnStep(
        new UpdateStep(line, order.Deployment, order.Generation, order.Digest, step) { Shadow = counts });

    /// <summary>Remembers where a download begins, so that only what comes after is news.</summary>
    public void DownloadBegan(ChunkDownload download)
    {
        _progressAt = time.GetTimestamp();
        _progressBytes = download.VerifiedBytes;
    }

    /// <summary>Tells how far a download is, when there is something new and the last word is a second old.</summary>
    public void Progress(UpdateOrder order, ChunkDownload download)
    {
        if (download.VerifiedBytes != _progressBytes && time.GetElapsedTime(_progressAt) >= ProgressEvery)
        {
            DownloadBegan(download);
            UpdateStep step = new(line, order.Deployment, order.Generation, order.Digest, UpdateState.Downloading);
            events.OnStep(step with
            {
                Progress = new DownloadProgress(download.Percent, download.VerifiedBytes, download.BytesPerSecond),
            });
        }
    }

    /// <summary>Tells something a person may want to know.</summary>
    public void Notice(EventSeverity severity, string detail) => events.OnNotice(severity, line, detail);
}
