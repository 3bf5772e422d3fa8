using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Where a sample path leaves copies of its frames and answers for captures. It takes what there is room for, and counts the rest:
/// the path waits for nobody and allocates nothing.
/// </summary>
/// <remarks>One thread offers frames, one tells answers, one takes both.</remarks>
public sealed class CaptureTap
{
    private const int MostWaiting = 4096;
    private const long MostBytes = 4L * 1024 * 1024;

    private readonly LoadedModel _package;
    private readonly SampleRing<Frame> _frames;
    private readonly SampleRing<WatchedAnswer> _answers;
    private long _droppedFrames;
    private long _droppedAnswers;

    /// <param name="package">Whose answers are left here; those of others are not.</param>
    /// <param name="newFrame">Makes a frame of the sensor's.</param>
    /// <param name="perSecond">Frames that come in a second.</param>
    public CaptureTap(LoadedModel package, Func<Frame> newFrame, double perSecond)
    {
        _package = package;
        int values = package.Manifest.Pipeline.ValueNames().Count;
        int scores = package.Manifest.Output.Labels.Count;
        Frame one = newFrame();
        long frame = (sizeof(double) * (long)one.Values.Length) + one.Pixels.Length;
        long answer = sizeof(double) * ((long)values + scores + 8);
        int second = (int)Math.Clamp(Math.Ceiling(perSecond), 16, MostWaiting);
        _frames = new SampleRing<Frame>((int)Math.Clamp(MostBytes / Math.Max(frame, 1), 2, second), newFrame);
        _answers = new SampleRing<WatchedAnswer>((int)Math.Clamp(MostBytes / answer, 2, second), () => new WatchedAnswer(values, scores));
    }

    /// <summary>Frames for which there was no room.</summary>
    public long DroppedFrames => Volatile.Read(ref _droppedFrames);

    /// <summary>Answers for which there was no room.</summary>
    public long DroppedAnswers => Volatile.Read(ref _droppedAnswers);

    /// <summary>A frame, after it was served where the path serves at once. For the feed only.</summary>
    public void Offer(Frame frame)
    {
        _frames.Writing.CopyFrom(frame);
        if (!_frames.TryWrite())
        {
            Volatile.Write(ref _droppedFrames, _droppedFrames + 1);
        }
    }

    /// <summary>What the model answered. For the serving thread only.</summary>
    internal void Tell(LoadedModel answering, in DueSample sample, long n, in Decoded decoded, int decision)
    {
        if (answering != _package)
        {
            return;
        }

        _answers.Writing.Fill(sample.Time, sample.Values, n, decoded, decision);
        if (!_answers.TryWrite())
        {
            Volatile.Write(ref _droppedAnswers, _droppedAnswers + 1);
        }
    }

    /// <summary>The oldest frame. For the capturing thread only.</summary>
    public bool TryTakeFrame(out Frame frame) => _frames.TryTake(out frame);

    /// <summary>The oldest answer. For the capturing thread only.</summary>
    public bool TryTakeAnswer(out WatchedAnswer answer) => _answers.TryTake(out answer);
}

/// <summary>One answer with what it rests on, in memory that is filled again and again.</summary>
/// <param name="values">Values of the pipeline.</param>
/// <param name="scores">Labels; 0 for none.</param>
public sealed class WatchedAnswer(int values, int scores)
{
    private readonly double[] _values = new double[values];
    private readonly double[] _scores = new double[scores];

    /// <summary>When the newest frame of the sample was taken.</summary>
    public FrameTime Time { get; private set; }

    /// <summary>Number of the sample within the boot.</summary>
    public long N { get; private set; }

    /// <summary>False when the model gave no valid answer.</summary>
    public bool IsValid { get; private set; }

    /// <summary>Number of the best label.</summary>
    public int Label { get; private set; }

    /// <summary>As in a prediction.</summary>
    public double Score { get; private set; }

    /// <summary>Number of the decision in force.</summary>
    public int Decision { get; private set; }

    /// <summary>Values before scaling.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Probability by label; zeros for other kinds of output.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    internal void Fill(in FrameTime time, ReadOnlySpan<double> values, long n, in Decoded decoded, int decision)
    {
        (Time, N, IsValid, Label, Score, Decision) = (time, n, decoded.IsValid, decoded.Label, decoded.Score, decision);
        values.CopyTo(_values);
        decoded.Scores.CopyTo(_scores);
    }
}
