using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class ModelGateTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ScriptedSensor _sensor;
    private readonly SamplePath _cheap;
    private readonly SamplePath _costly;
    private readonly SensorFeed _feed;
    private readonly ServingModel _serving = PathRig.Serving(TestPackages.Verification);

    public ModelGateTests()
    {
        ModelGate gate = new(["busy"], TimeSpan.FromSeconds(2), _time);
        _sensor = new ScriptedSensor(_time);
        _cheap = new SamplePath("plant", _time, new PredictionRing(64), new PathOptions { Opens = [gate] });
        _costly = new SamplePath("plant", _time, Ring, new PathOptions { Gate = gate });
        _feed = new SensorFeed(new FrameSource(_sensor), _time, [_cheap, _costly]);
        _cheap.Offer(PathRig.Serving(TestPackages.Verification));
        _costly.Offer(_serving);
    }

    private PredictionRing Ring { get; } = new(64);

    [Fact]
    public void The_costly_model_is_asked_from_the_very_frame_on_that_opens_the_gate_and_for_the_hold_time_after()
    {
        // One frame a second; busy from the third to the fifth.
        _sensor.Script = n => n is >= 3 and <= 5 ? FrameKind.Busy : FrameKind.Good;

        Read(10);

        // The sixth closes the gate at second 5; two seconds later, with the eighth frame, it is shut.
        Assert.Equal([3, 4, 5, 6, 7], Answers());
        Assert.Equal(5, _serving.Tally.Dropped[DropCause.Gated]);
        Assert.Equal(10, _serving.Tally.Due);
    }

    [Fact]
    public void A_withdrawn_cheap_model_opens_nothing_any_more()
    {
        _sensor.Script = _ => FrameKind.Busy;
        Read(2);
        _cheap.Withdraw();

        Read(5);

        // Withdrawn before the third frame; the hold time still lets that one and the next pass.
        Assert.Equal([1, 2, 3, 4], Answers());
        Assert.Equal(3, _serving.Tally.Dropped[DropCause.Gated]);
    }

    public void Dispose() => _sensor.Dispose();

    private void Read(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            _feed.Step();
            _time.Advance(1.0);
        }
    }

    private List<long> Answers()
    {
        List<long> frames = [];
        while (Ring.TryRead(out PredictionRecord record))
        {
            frames.Add(record.UnixMs);
        }

        return frames;
    }
}
