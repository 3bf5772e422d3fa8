using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class QualityAlarmTests
{
    private const int WindowAnswers = 60;

    private static readonly MeasuredReference Measured = new()
    {
        Answers = 1000, Right = 950, TruePositives = 475, FalsePositives = 25, TrueNegatives = 475, FalseNegatives = 25,
    };

    [Theory]
    [InlineData("hddm_a")]
    [InlineData("hddm_w")]
    [InlineData("ddm")]
    public void Errors_that_become_more_raise_the_alarm_and_it_ends_once_they_are_as_few_as_before(string detector)
    {
        Line line = new(detector, new AlarmSpec(), measured: null);

        Assert.DoesNotContain(AlarmChange.Raised, line.Feed(windows: 10, errorRate: 0.1));
        AlarmChange[] bad = line.Feed(windows: 15, errorRate: 0.6);
        AlarmChange[] good = line.Feed(windows: 10, errorRate: 0.1);

        Assert.Single(bad, AlarmChange.Raised);
        Assert.Contains(AlarmChange.Raised, bad[..4]);
        Assert.DoesNotContain(AlarmChange.Ended, bad);
        Assert.Equal(AlarmChange.Ended, good[2]);
        Assert.IsType<AlarmState.Clear>(line.Alarm.State);
    }

    [Fact]
    public void A_model_that_is_wrong_from_the_first_label_on_is_held_against_its_reference()
    {
        Line known = new("hddm_a", new AlarmSpec(), Measured);
        Line strange = new("hddm_a", new AlarmSpec(), measured: null);

        AlarmChange first = known.Feed(windows: 1, errorRate: 0.5)[0];

        Assert.Equal(AlarmChange.Raised, first);
        AlarmCause cause = Assert.Single(known.Alarm.Causes);
        Assert.Equal(("errors", "error_rate", WindowAnswers), (cause.Feature, cause.Statistic, cause.Samples));
        Assert.Equal(0.1, cause.Threshold!.Value, 9);
        Assert.DoesNotContain(AlarmChange.Raised, strange.Feed(windows: 20, errorRate: 0.5));
    }

    [Fact]
    public void Windows_with_few_labels_wait_for_one_another_and_windows_without_any_are_no_evidence()
    {
        Line line = new("hddm_a", new AlarmSpec(), Measured);

        Assert.Equal(AlarmChange.None, line.Alarm.Take(null, 0, 1, 1));
        for (int window = 2; window <= 6; window++)
        {
            Assert.Equal(AlarmChange.None, line.Alarm.Take(new ErrorCounts { Detector = "hddm_a", Answers = 5, Wrong = 5 }, 0, 1, window));
        }

        Assert.Equal(AlarmChange.Raised, line.Alarm.Take(new ErrorCounts { Detector = "hddm_a", Answers = 5, Wrong = 5 }, 0, 1, 7));
        Assert.Equal(2, line.Alarm.FirstWindow);
    }

    [Fact]
    public void Hysteresis_and_cool_down_are_those_of_the_manifest()
    {
        Line line = new("hddm_a", new AlarmSpec { RaiseAfter = 2, ClearAfter = 1, CoolDownS = 300 }, Measured);

        Assert.Equal([AlarmChange.None, AlarmChange.Raised], line.Feed(windows: 2, errorRate: 0.8));
        Assert.Equal([AlarmChange.Ended], line.Feed(windows: 1, errorRate: 0));

        // A window is a minute of samples, and the alarm is not raised again for five.
        AlarmChange[] again = line.Feed(windows: 8, errorRate: 0.8);
        Assert.Equal(AlarmChange.Raised, again[4]);
        Assert.DoesNotContain(AlarmChange.Raised, again[..4]);
    }

    [Fact]
    public void Values_are_wrong_beyond_the_tolerance_and_without_one_nothing_watches_them()
    {
        AnswerMeaning values = new(TestPackages.Manifest with { Output = new OutputSpec { Kind = "regression", Unit = "1" } });
        ReferenceProfile reference = new() { Rows = 1, EffectiveRows = 1, EffectiveShare = 1, Features = [] };
        QualityReference quality = new() { Measured = new MeasuredReference { Answers = 10, Absolute = 2, AbsoluteDeviation = 1 } };

        Assert.Null(ErrorWatch.For(new LabelsSpec(), values, reference));
        Assert.Null(ErrorWatch.For(new LabelsSpec { Detector = "none", Tolerance = 1 }, values, reference));
        ErrorWatch measured = ErrorWatch.For(new LabelsSpec(), values, reference with { Quality = quality })!;
        ErrorWatch told = ErrorWatch.For(new LabelsSpec { Tolerance = 1 }, values, reference)!;
        foreach (double error in (double[])[0, 1, -1.5, 6, -6.1])
        {
            measured.Take(10 + error, 10, 0);
            told.Take(10 + error, 10, 0);
        }

        Assert.Equal((5L, 1L), (measured.Take() is var one ? one.Answers : 0, one.Wrong));
        Assert.Equal(3, told.Take().Wrong);
        Assert.Equal(0, measured.Take().Answers);
    }

    // Labels come at random, the same for every detector.
    private sealed class Line(string detector, AlarmSpec spec, MeasuredReference? measured)
    {
        private readonly Random _random = new(17);
        private readonly ErrorWatch _watch = ErrorWatch.For(
            new LabelsSpec { Detector = detector }, new AnswerMeaning(TestPackages.Manifest),
            new ReferenceProfile { Rows = 1, EffectiveRows = 1, EffectiveShare = 1, Features = [] })!;

        private long _window;

        public QualityAlarm Alarm { get; } = new(spec, measured);

        public AlarmChange[] Feed(int windows, double errorRate)
        {
            List<AlarmChange> changes = [];
            for (int i = 0; i < windows; i++)
            {
                long start = 60_000 * _window++;
                for (int answer = 0; answer < WindowAnswers; answer++)
                {
                    _watch.Take(_random.NextDouble() < errorRate ? 1 : 0, 0, start);
                }

                changes.Add(Alarm.Take(_watch.Take(), start, start + 59_000, _window));
            }

            return [.. changes];
        }
    }
}
