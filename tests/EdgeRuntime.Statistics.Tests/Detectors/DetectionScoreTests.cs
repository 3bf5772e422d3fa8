using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Statistics.Tests.Detectors;

// The examples of river's drift.evaluate, with its window of 50 samples after a change.
public sealed class DetectionScoreTests
{
    [Fact]
    public void Alarms_are_scored_as_river_scores_them()
    {
        Assert.Equal(0.5, Score([110, 900], 100).Precision);
        Assert.Equal(2.0 / 3, Score([110, 130], 100, 500).Recall, 1e-12);
        Assert.Equal(0.5, Score([110, 130], 100, 500).EpisodeRecall);
        Assert.Equal(0.5, Score([110], 100, 500).MissedDetectionRate);
        Assert.Equal(0.5, Score([110, 900], 100, 500).F1);
        Assert.Equal(20, Score([110, 530], 100, 500, 900).DetectionDelay);
        Assert.Equal(1, Score([110, 900], 100).FalseAlarmRate(1000, 1000));
        Assert.Equal(150, Score([200, 300, 500]).TimeBetweenFalseAlarms);
        Assert.Equal(15, Score([110, 400, 700], 100, 900).MeanTimeRatio);
    }

    [Fact]
    public void What_there_is_nothing_to_measure_of_is_no_number()
    {
        Assert.Equal(double.NaN, Score([], 100).Precision);
        Assert.Equal(double.NaN, Score([5]).EpisodeRecall);
        Assert.Equal(double.NaN, Score([5], 100).DetectionDelay);
        Assert.Equal(double.NaN, Score([5], 100).TimeBetweenFalseAlarms);
    }

    private static DetectionScore Score(long[] alarms, params long[] changes) =>
        DetectionScore.Of(alarms, [.. changes.Select(at => (at, at))], late: 50);
}
