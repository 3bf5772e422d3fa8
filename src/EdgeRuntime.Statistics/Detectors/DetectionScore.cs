namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// How well alarms match changes that are known, by the definitions of river's drift.evaluate: an alarm is a hit when it lies in the
/// window <c>[start - early, end + late]</c> of a change, both ends included, and counts for the first such window.
/// </summary>
/// <param name="Alarms">All alarms.</param>
/// <param name="Changes">All changes.</param>
/// <param name="Hits">Alarms inside a window.</param>
/// <param name="Found">Changes with at least one alarm in their window.</param>
/// <param name="DetectionDelay">Mean distance from the start of a change that was found to its first alarm; NaN when none was.</param>
/// <param name="TimeBetweenFalseAlarms">Mean distance of two false alarms in a row; NaN with fewer than two.</param>
public sealed record DetectionScore(
    int Alarms, int Changes, int Hits, int Found, double DetectionDelay, double TimeBetweenFalseAlarms)
{
    /// <summary>Alarms in no window.</summary>
    public int FalseAlarms => Alarms - Hits;

    /// <summary>Share of the alarms that are hits; NaN without alarms.</summary>
    public double Precision => (double)Hits / Alarms;

    /// <summary>Hits among hits and missed changes; several alarms in one window count each. NaN where there is neither.</summary>
    public double Recall => (double)Hits / (Hits + Changes - Found);

    /// <summary>Share of the changes that were found; NaN without changes.</summary>
    public double EpisodeRecall => (double)Found / Changes;

    /// <summary>Share of the changes that were not found; NaN without changes.</summary>
    public double MissedDetectionRate => 1 - EpisodeRecall;

    /// <summary>Harmonic mean of <see cref="Precision"/> and <see cref="EpisodeRecall"/>; 0 when both are.</summary>
    public double F1 => Precision + EpisodeRecall == 0 ? 0 : 2 * Precision * EpisodeRecall / (Precision + EpisodeRecall);

    /// <summary>Time between false alarms over delay, times the share found; larger is better, NaN where a part is.</summary>
    public double MeanTimeRatio => DetectionDelay == 0
        ? double.PositiveInfinity
        : TimeBetweenFalseAlarms / DetectionDelay * (1 - MissedDetectionRate);

    /// <summary>False alarms in so many samples.</summary>
    /// <param name="samples">Length of the stream.</param>
    /// <param name="unit">In so many samples, such as 1000.</param>
    public double FalseAlarmRate(long samples, double unit) => FalseAlarms / (double)samples * unit;

    /// <summary>Matches alarms with changes.</summary>
    /// <param name="alarms">Ascending.</param>
    /// <param name="changes">First and last sample of each, in order.</param>
    /// <param name="late">Samples after the end that still count.</param>
    /// <param name="early">Samples before the start that count already.</param>
    public static DetectionScore Of(
        IReadOnlyList<long> alarms, IReadOnlyList<(long Start, long End)> changes, long late, long early = 0)
    {
        long?[] first = new long?[changes.Count];
        List<long> wrong = [];
        foreach (long alarm in alarms)
        {
            int window = IndexOf(changes, alarm, late, early);
            if (window < 0)
            {
                wrong.Add(alarm);
            }
            else
            {
                first[window] ??= alarm;
            }
        }

        double delays = 0;
        int found = 0;
        for (int i = 0; i < first.Length; i++)
        {
            delays += first[i] is { } alarm ? alarm - changes[i].Start : 0;
            found += first[i] is null ? 0 : 1;
        }

        double between = wrong.Count < 2 ? double.NaN : (double)(wrong[^1] - wrong[0]) / (wrong.Count - 1);
        return new DetectionScore(
            alarms.Count, changes.Count, alarms.Count - wrong.Count, found, found == 0 ? double.NaN : delays / found, between);
    }

    private static int IndexOf(IReadOnlyList<(long Start, long End)> changes, long alarm, long late, long early)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            if (alarm >= changes[i].Start - early && alarm <= changes[i].End + late)
            {
                return i;
            }
        }

        return -1;
    }
}
