using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Watches whether the answers of one package become wrong more often, label by label, in the order in which labels come.</summary>
/// <remarks>The detector lives as long as the package serves; what it signals is told in the window in which it does. For one thread only.</remarks>
public sealed class ErrorWatch
{
    private readonly IDriftDetector _detector;
    private readonly string _name;
    private readonly double _tolerance;
    private long _answers;
    private long _wrong;
    private long _signals;
    private long _firstUnixMs;

    private ErrorWatch(string name, double tolerance)
    {
        DetectorKind kind = DetectorKinds.Find(name) ?? throw new ArgumentException($"'{name}' is no detector");
        _name = name;
        _tolerance = tolerance;
        _detector = kind.Create(DetectorSettings.Read(kind, [], []), []);
    }

    /// <summary>That of a package; null where it wants none, or its values have no error that counts as wrong.</summary>
    public static ErrorWatch? For(LabelsSpec? labels, AnswerMeaning meaning, ReferenceProfile reference)
    {
        double? tolerance = meaning.IsValue ? labels?.Tolerance ?? LabelsSpec.MeasuredErrors * reference.Quality?.Measured?.Absolute : 0;
        return labels is null || labels.Watching() == LabelsSpec.NoDetector || tolerance is null ? null : new ErrorWatch(labels.Watching(), tolerance.Value);
    }

    /// <summary>Takes one labelled answer: numbers of labels, or values.</summary>
    /// <param name="unixMs">When the label came.</param>
    public void Take(double answer, double truth, long unixMs)
    {
        bool wrong = !(Math.Abs(answer - truth) <= _tolerance);
        _answers++;
        _wrong += wrong ? 1 : 0;
        if (_detector.Update(wrong ? 1 : 0) == DriftSignal.Drift)
        {
            _firstUnixMs = _signals == 0 ? unixMs : _firstUnixMs;
            _signals++;
        }
    }

    /// <summary>What came since the last call, as it goes on the wire, and begins anew; the detector remembers.</summary>
    public ErrorCounts Take()
    {
        ErrorCounts counts = new()
        {
            Detector = _name, Answers = _answers, Wrong = _wrong, Signals = _signals, FirstUnixMs = _signals == 0 ? null : _firstUnixMs,
        };
        (_answers, _wrong, _signals) = (0, 0, 0);
        return counts;
    }
}
