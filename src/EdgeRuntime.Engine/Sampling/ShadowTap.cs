using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// Where a sample path leaves its frames and answers for a model that runs beside the one that answers. It takes what there is room for, and
/// counts the rest: the path waits for nobody and allocates nothing.
/// </summary>
/// <remarks>One thread offers frames, one tells answers, one takes both.</remarks>
public sealed class ShadowTap
{
    /// <summary>Frames that may wait, at most.</summary>
    public const int MostFrames = 4096;

    private const long MostBytes = 4L * 1024 * 1024;
    private const int MostAnswers = 4096;

    private readonly SampleRing<Frame> _frames;
    private readonly SampleRing<ChampionAnswer> _answers = new(MostAnswers, () => new ChampionAnswer());
    private long _dropped;

    /// <param name="newFrame">Makes a frame of the sensor's.</param>
    public ShadowTap(Func<Frame> newFrame)
    {
        Frame one = newFrame();
        long bytes = (sizeof(double) * (long)one.Values.Length) + one.Pixels.Length;
        _frames = new SampleRing<Frame>((int)Math.Clamp(MostBytes / Math.Max(bytes, 1), 2, MostFrames), newFrame);
    }

    /// <summary>Frames for which there was no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>A frame, after it was served where the path serves at once. For the feed only.</summary>
    internal void Offer(Frame frame)
    {
        _frames.Writing.CopyFrom(frame);
        if (!_frames.TryWrite())
        {
            Volatile.Write(ref _dropped, _dropped + 1);
        }
    }

    /// <summary>What the model answered. For the serving thread only.</summary>
    internal void Tell(in FrameTime time, in Decoded decoded)
    {
        if (decoded.IsValid)
        {
            _answers.Writing.Set(time.Timestamp, decoded.Label, decoded.Score);
            _answers.Write();
        }
    }

    /// <summary>The oldest frame. For the shadow's thread only.</summary>
    internal bool TryTakeFrame(out Frame frame) => _frames.TryTake(out frame);

    /// <summary>The oldest answer. For the shadow's thread only.</summary>
    internal bool TryTakeAnswer(out ChampionAnswer answer) => _answers.TryTake(out answer);
}

/// <summary>One answer of the model that answers.</summary>
internal sealed class ChampionAnswer
{
    /// <summary>Of the frame that completed the sample.</summary>
    public long Timestamp { get; private set; } = long.MinValue;

    public int Label { get; private set; }

    public double Score { get; private set; }

    public void Set(long timestamp, int label, double score) => (Timestamp, Label, Score) = (timestamp, label, score);

    public void CopyFrom(ChampionAnswer other) => Set(other.Timestamp, other.Label, other.Score);
}
