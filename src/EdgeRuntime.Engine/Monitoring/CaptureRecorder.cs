using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Keeps the newest frames of one model in memory, and makes a clip of those around one that is worth keeping: some from before it,
/// and some from after. Only the channels that the manifest names are kept, after their privacy filters.
/// </summary>
/// <remarks>For one thread but for <see cref="Ask"/>. While a clip waits for its last frames nothing else sets off another.</remarks>
public sealed class CaptureRecorder
{
    private const long MostBytes = 4L * 1024 * 1024;

    // Answers may come before the frame they are of, or behind others: the ring holds a few frames more than a clip.
    private const int Slack = 64;

    private readonly ModelManifest _manifest;
    private readonly CaptureSpec _spec;
    private readonly CaptureTriggers _triggers;
    private readonly IReadOnlyList<string> _decisions;
    private readonly ClipMaking _making;
    private readonly Frame[] _ring;
    private readonly int _before;
    private readonly int _after;
    private readonly double _ticksPerSecond;
    private readonly Queue<(long Timestamp, CapturedAnswer Answer)> _answers = [];
    private readonly long?[] _last = new long?[Enum.GetValues<CaptureReason>().Length];
    private long _written;
    private int _wishes;
    private Trigger? _trigger;

    /// <param name="package">Whose manifest asks for captures.</param>
    /// <param name="site">What feeds it.</param>
    /// <param name="decisions">Names of its decisions, by number.</param>
    /// <param name="newFrame">Makes a frame of the sensor's.</param>
    /// <param name="key">Of the keyed hash; see <see cref="PrivacyFilter"/>.</param>
    /// <param name="random">Draws noise.</param>
    /// <param name="ticksPerSecond">Of the clock of the frames' timestamps.</param>
    public CaptureRecorder(
        LoadedModel package, ModelSite site, IReadOnlyList<string> decisions, BootId boot, Func<Frame> newFrame, byte[]? key, Random random,
        double ticksPerSecond)
    {
        _manifest = package.Manifest;
        _triggers = new CaptureTriggers(_manifest, package.Reference);
        _spec = _manifest.Monitoring!.Capture!;
        _decisions = decisions;
        _ticksPerSecond = ticksPerSecond;
        _making = new ClipMaking(package, site, boot, key, random, ticksPerSecond);
        Frame one = newFrame();
        long bytes = (sizeof(double) * (long)one.Values.Length) + one.Pixels.Length;
        int most = (int)Math.Clamp(MostBytes / Math.Max(bytes, 1), 4, int.MaxValue);
        int slack = Math.Min(Slack, most / 4);
        _after = Math.Min(_spec.After, (most - slack - 1) / 2);
        _before = Math.Min(_spec.Before, most - slack - 1 - _after);
        _ring = new Frame[_before + 1 + _after + slack];
        for (int i = 0; i < _ring.Length; i++)
        {
            _ring[i] = newFrame();
        }
    }

    /// <summary>Reasons that came while a clip was being made, and are part of it.</summary>
    public long Joined { get; private set; }

    /// <summary>Reasons that came too soon after the last of their kind.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Wants the newest frames to be kept, and those that follow. From any thread.</summary>
    public void Ask(CaptureReason reason) => Interlocked.Or(ref _wishes, 1 << (int)reason);

    /// <summary>Takes one frame; it is copied.</summary>
    /// <returns>A clip that is complete now, or null.</returns>
    public CapturedClip? Add(Frame frame)
    {
        _ring[_written % _ring.Length].CopyFrom(frame);
        _written++;
        if (_trigger is { } trigger && frame.Time.Timestamp > trigger.Time.Timestamp)
        {
            trigger.Remaining--;
        }

        int wishes = Interlocked.Exchange(ref _wishes, 0);
        for (int reason = 0; wishes != 0 && reason < _last.Length; reason++)
        {
            if ((wishes & (1 << reason)) != 0)
            {
                Set((CaptureReason)reason, frame.Time, 0);
            }
        }

        return Complete();
    }

    /// <summary>Takes one answer, about as it is made: before its frame, or soon after.</summary>
    /// <returns>A clip that is complete now, or null.</returns>
    public CapturedClip? Add(WatchedAnswer answer)
    {
        if (_answers.Count == _ring.Length)
        {
            _answers.Dequeue();
        }

        if (answer.IsValid)
        {
            string label = _manifest.Output.HasLabels() ? _manifest.Output.Labels[answer.Label] : "";
            _answers.Enqueue((answer.Time.Timestamp, new CapturedAnswer(answer.Time.UnixMs, answer.N, label, answer.Score, _decisions[answer.Decision])));
        }

        if (_triggers.Judge(answer) is CaptureReason reason)
        {
            Set(reason, answer.Time, answer.N);
        }

        return Complete();
    }

    /// <summary>Makes a clip of what there is, where one waits for frames that will not come any more.</summary>
    public CapturedClip? Finish() => _trigger is null || _written == 0 ? null : Make(_trigger);

    /// <summary>
    /// The frames up to an answer that is still remembered, as they are: for whoever looks into it on this device and keeps nothing of
    /// them.
    /// </summary>
    /// <param name="n">Number of the answer.</param>
    /// <returns>Null where it or its frame is remembered no more.</returns>
    public CapturedClip? Recall(long n)
    {
        (long timestamp, CapturedAnswer? answer) = _answers.LastOrDefault(each => each.Answer.N == n);
        Frame[] frames = answer is null ? [] :
        [
            .. Enumerable.Range(0, (int)Math.Min(_written, _ring.Length)).Select(i => At(Math.Max(0, _written - _ring.Length) + i))
                .TakeWhile(frame => frame.Time.Timestamp <= timestamp),
        ];
        return frames.Length == 0 || frames[^1].Time.Timestamp != timestamp
            ? null
            : _making.Make(CaptureReason.Asked, frames[^1].Time, n, frames, [answer!], asTheyAre: true);
    }

    private void Set(CaptureReason reason, in FrameTime time, long n)
    {
        if (_trigger is not null)
        {
            Joined++;
            return;
        }

        if (reason != CaptureReason.Asked && _last[(int)reason] is long last && time.Timestamp - last < _spec.EveryS * _ticksPerSecond)
        {
            Suppressed++;
            return;
        }

        _last[(int)reason] = time.Timestamp;
        int newer = 0;
        for (long i = _written - 1; i >= Math.Max(0, _written - _ring.Length) && At(i).Time.Timestamp > time.Timestamp; i--)
        {
            newer++;
        }

        _trigger = new Trigger(reason, time, n) { Remaining = _after - newer };
    }

    private CapturedClip? Complete() =>
        _trigger is { Remaining: <= 0 } trigger && _written > 0 && At(_written - 1).Time.Timestamp >= trigger.Time.Timestamp
            ? Make(trigger)
            : null;

    private CapturedClip Make(Trigger trigger)
    {
        _trigger = null;
        long oldest = Math.Max(0, _written - _ring.Length);
        long at = _written - 1;
        while (at > oldest && At(at).Time.Timestamp > trigger.Time.Timestamp)
        {
            at--;
        }

        long first = Math.Max(oldest, at - _before);
        long last = Math.Min(_written - 1, at + _after);
        Frame[] frames = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => At(first + i))];
        long from = frames[0].Time.Timestamp;
        long to = frames[^1].Time.Timestamp;
        return _making.Make(
            trigger.Reason, At(at).Time, trigger.N, frames,
            [.. _answers.Where(answer => answer.Timestamp >= from && answer.Timestamp <= to).Select(answer => answer.Answer)]);
    }

    private Frame At(long number) => _ring[number % _ring.Length];

    private sealed class Trigger(CaptureReason reason, FrameTime time, long n)
    {
        public CaptureReason Reason => reason;

        public FrameTime Time => time;

        public long N => n;

        /// <summary>Frames that still belong to the clip.</summary>
        public int Remaining { get; set; }
    }
}
