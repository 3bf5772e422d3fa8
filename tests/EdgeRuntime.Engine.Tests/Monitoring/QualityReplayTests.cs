using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class QualityReplayTests
{
    private static readonly ModelManifest Manifest = DriftReplayTests.Manifest with
    {
        Monitoring = DriftReplayTests.Manifest.Monitoring! with { Labels = new LabelsSpec() },
    };

    private static readonly ReferenceProfile Reference = DriftReplayTests.Reference with
    {
        Quality = new QualityReference { Measured = new MeasuredReference { Answers = 1000, Right = 950 } },
    };

    [Fact]
    public void Windows_that_came_as_protobuf_raise_and_end_the_alarm_of_answers_again_boot_by_boot()
    {
        WindowMessage[] told = [.. Told(new BootId(1), [2, 50, 50, 50, 2, 2, 2]), .. Told(new BootId(2), [50, 2, 50, 50])];
        QualityReplay replay = new(Manifest, Reference);

        AlarmChange[] changes = [.. told.Select(window => replay.Take(DriftReplayTests.AsProtobuf(window)))];

        // Raised and ended after two windows each, as the manifest wants it; what the first boot found does not count in the second.
        Assert.Equal([2, 10], Enumerable.Range(0, changes.Length).Where(i => changes[i] == AlarmChange.Raised));
        Assert.Equal([5], Enumerable.Range(0, changes.Length).Where(i => changes[i] == AlarmChange.Ended));
        Assert.Equal(("errors", "error_rate"), (replay.Alarm.Causes[0].Feature, replay.Alarm.Causes[0].Statistic));
        Assert.Equal(4, replay.Alarm.FirstWindow);
    }

    [Fact]
    public void A_package_that_does_not_watch_labels_has_no_alarm_of_answers()
    {
        QualityReplay replay = new(DriftReplayTests.Manifest, Reference);

        Assert.All(Told(new BootId(1), [50, 50, 50]), window => Assert.Equal(AlarmChange.None, replay.Take(window)));
    }

    // Windows of a hundred answers that labels came for, so many of them wrong.
    private static IEnumerable<WindowMessage> Told(BootId boot, int[] wrong) =>
        DriftReplayTests.Device(boot, seed: 1).Take(wrong.Length).Select((each, i) => each.Window with
        {
            Quality = new QualityCounts
            {
                Received = 100,
                Joined = 100,
                LagSeconds = new SparseCounts { Bins = [0], Counts = [100] },
                Model = new AnswerTally { WasTrue = [100, 0], Said = [100 - wrong[i], wrong[i]], Right = [100 - wrong[i], 0] },
                Errors = new ErrorCounts { Detector = "hddm_a", Answers = 100, Wrong = wrong[i] },
            },
        });
}
