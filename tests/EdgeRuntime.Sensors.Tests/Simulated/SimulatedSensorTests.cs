using EdgeRuntime.Sensors.Simulated;

namespace EdgeRuntime.Sensors.Tests.Simulated;

public sealed class SimulatedSensorTests
{
    [Fact]
    public void The_same_seed_gives_the_same_frames_at_any_pace()
    {
        FakeClock clock = new();
        using SimulatedSensor paced = new(clock, new SimulatedOptions { Seed = 7 });
        using SimulatedSensor fast = new(new FakeClock(), new SimulatedOptions { Seed = 7, Speed = 0 });

        for (int i = 0; i < 5000; i++)
        {
            // A stumble now and then, one of them longer than the sensor makes up for.
            clock.Advance(i % 1000 == 999 ? 5 : 1.0 / 1024);
            double[] expected = fast.ReadFrame();

            Assert.Equal(expected, paced.ReadFrame());
        }
    }

    [Fact]
    public void Another_seed_gives_other_frames()
    {
        using SimulatedSensor one = new(new FakeClock(), new SimulatedOptions { Seed = 1, Speed = 0 });
        using SimulatedSensor two = new(new FakeClock(), new SimulatedOptions { Seed = 2, Speed = 0 });

        Assert.NotEqual(one.ReadFrame(), two.ReadFrame());
    }

    [Fact]
    public void Frames_are_due_at_the_sample_rate()
    {
        FakeClock clock = new();
        using SimulatedSensor sensor = new(clock, new SimulatedOptions());
        double[] frame = new double[5];

        clock.Advance(10);
        int atOnce = 0;
        while (sensor.TryRead(frame, out _))
        {
            atOnce++;
        }

        clock.Advance(1);
        int inOneSecond = 0;
        while (sensor.TryRead(frame, out _))
        {
            inOneSecond++;
        }

        Assert.Equal(1, atOnce);
        Assert.Equal(1024, inOneSecond);
    }

    [Fact]
    public void A_schedule_is_followed_and_begins_again()
    {
        using SimulatedSensor sensor = new(new FakeClock(), new SimulatedOptions
        {
            Speed = 0,
            Schedule = [new(MachineCondition.Imbalance, 1), new(MachineCondition.BearingInner, 2)],
        });

        List<MachineCondition> bySecond = [];
        for (int i = 0; i < 6 * 1024; i++)
        {
            sensor.ReadFrame();
            if (i % 1024 == 512)
            {
                bySecond.Add(sensor.Condition);
            }
        }

        Assert.Equal(
            [
                MachineCondition.Imbalance, MachineCondition.BearingInner, MachineCondition.BearingInner,
                MachineCondition.Imbalance, MachineCondition.BearingInner, MachineCondition.BearingInner,
            ],
            bySecond);
    }

    [Fact]
    public void A_random_walk_visits_every_condition_and_begins_healthy()
    {
        using SimulatedSensor sensor = new(new FakeClock(), new SimulatedOptions
        {
            Seed = 3, Speed = 0, RateHz = 256, ResonanceHz = 100, ShortestStaySeconds = 1, LongestStaySeconds = 2,
        });

        sensor.ReadFrame();
        MachineCondition first = sensor.Condition;
        Dictionary<MachineCondition, int> frames = [];
        for (int i = 0; i < 600 * 256; i++)
        {
            sensor.ReadFrame();
            frames[sensor.Condition] = frames.GetValueOrDefault(sensor.Condition) + 1;
        }

        Assert.Equal(MachineCondition.Healthy, first);
        Assert.Equal(5, frames.Count);
        Assert.InRange(frames[MachineCondition.Healthy] / (600 * 256.0), 0.4, 0.6);
    }

    [Fact]
    public void Load_warms_the_housing_no_faster_than_its_mass_allows()
    {
        using SimulatedSensor sensor = new(new FakeClock(), new SimulatedOptions
        {
            Speed = 0, ThermalSeconds = 60, Schedule = [new(MachineCondition.Healthy, 30), new(MachineCondition.Imbalance, 1e6)], Severity = 3,
        });

        double[] means = [.. Enumerable.Range(0, 8).Select(_ => MeanOver(sensor, channel: 4, seconds: 30))];

        // Severity 3 heats by 18 degrees in the end, 63 % of it in a minute; the wandering load moves some degrees.
        Assert.InRange(means[7] - means[0], 10, 26);
        Assert.InRange(means[1] - means[0], 0, 12);
    }

    [Fact]
    public void A_disturbance_drifts_one_channel_and_leaves_the_machine_alone()
    {
        Disturbance drift = new() { Channel = "accel_x", AtSeconds = 1, Gain = 1.5, Offset = 0.25 };
        using SimulatedSensor healthy = new(new FakeClock(), new SimulatedOptions { Speed = 0 });
        using SimulatedSensor drifting = new(new FakeClock(), new SimulatedOptions { Speed = 0, Disturbances = [drift] });

        for (int i = 0; i < 2048; i++)
        {
            double[] truth = healthy.ReadFrame();
            double[] read = drifting.ReadFrame();

            Assert.Equal(i < 1024 ? truth[0] : (truth[0] * 1.5) + 0.25, read[0], 12);
            Assert.Equal(truth[1..], read[1..]);
        }
    }

    [Fact]
    public void Ten_thousand_frames_allocate_nothing()
    {
        FakeClock clock = new();
        Disturbance drift = new() { Channel = "accel_x", Gain = 2 };
        using SimulatedSensor sensor = new(clock, new SimulatedOptions { ShortestStaySeconds = 1, LongestStaySeconds = 1, Disturbances = [drift] });

        Assert.Equal(0, sensor.AllocatedOver(10_000, clock, secondsBetween: 1.0 / 1000));
    }

    [Fact]
    public void All_mistakes_in_the_options_are_listed()
    {
        SimulatedOptions options = new()
        {
            RateHz = 100,
            Severity = 0,
            Schedule = [new(MachineCondition.Healthy, 0)],
            Bearing = new BearingGeometry { Balls = 2 },
            Disturbances = [new Disturbance { Channel = "accel_z" }],
        };

        Assert.Equal(
            [
                "rate_hz: 100 is outside 256 to 16384",
                "severity: 0 is outside 0.1 to 5",
                "resonance_hz: 320 is outside 50 to 45",
                "schedule[0].seconds: 0 is outside 0.01 to 10000000",
                "bearing.balls: 2 is outside 3 to 100",
                "disturbances[0].channel: there is no channel 'accel_z'; the sensor has accel_x, accel_y, speed, current, temperature",
            ],
            options.Validate());
    }

    private static double MeanOver(SimulatedSensor sensor, int channel, int seconds)
    {
        double sum = 0;
        for (int i = 0; i < seconds * 1024; i++)
        {
            sum += sensor.ReadFrame()[channel];
        }

        return sum / (seconds * 1024);
    }
}
