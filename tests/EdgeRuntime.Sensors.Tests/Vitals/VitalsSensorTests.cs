using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Sensors.Tests.Vitals;

public sealed class VitalsSensorTests
{
    // Computed by hand from the two readings in Fixtures/vitals/small, one second apart, two cores.
    public static readonly TheoryData<string, double> SmallMachine = new()
    {
        { "cpu_busy", 0.65 }, { "cpu_busy_max", 0.9 }, { "cpu_user", 0.4 }, { "cpu_user_max", 0.8 },
        { "cpu_system", 0.2 }, { "cpu_system_max", 0.4 }, { "cpu_interrupt", 0.05 }, { "cpu_interrupt_max", 0.1 },
        { "cpu_iowait", 0.1 }, { "cpu_iowait_max", 0.2 }, { "cpu_steal", 0 }, { "cpu_steal_max", 0 },
        { "context_switches", 1000 }, { "interrupts", 300 }, { "forks", 5 },
        { "softirqs", 200 }, { "softirqs_network", 25 }, { "softirqs_block", 40 },
        { "run_queue", 1.5 }, { "blocked", 0.5 }, { "load_1", 0.75 },
        { "memory_used", 0.4 }, { "memory_available", 0.55 }, { "memory_cached", 0.25 }, { "memory_dirty", 0.01 },
        { "page_faults", 10_000 }, { "major_faults", 3 }, { "page_allocations", 2000 },
        { "page_in", 102_400 }, { "page_out", 512_000 }, { "swap_in", 4 }, { "swap_out", 8 },
        { "pressure_cpu", 0.25 }, { "pressure_memory", 0.01 }, { "pressure_io", 0.6 },
        { "disk_read", 65_536 }, { "disk_write", 1_048_576 }, { "disk_reads", 15 }, { "disk_writes", 50 },
        { "disk_busy", 0.4 },
        { "network_receive", 3000 }, { "network_send", 7000 }, { "network_packets_in", 5 }, { "network_packets_out", 7 },
        { "loopback", 5000 }, { "loopback_packets", 50 },
        { "temperature", 47.5 }, { "cpu_frequency", 0.75 },
    };

    [Theory]
    [MemberData(nameof(SmallMachine))]
    public void A_channel_is_what_the_two_readings_say(string channel, double expected)
    {
        using Scratch tree = new Scratch().Show("vitals/small/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Show("vitals/small/second");
        clock.Advance(1);

        Assert.Equal(expected, sensor.ReadByName()[channel], 9);
    }

    [Fact]
    public void Every_channel_of_the_sensor_is_checked_above()
    {
        IEnumerable<string> tested = SmallMachine.Select(row => (string)row[0]);

        Assert.Equal(VitalsSensor.EveryChannel.Select(channel => channel.Name), tested);
    }

    [Fact]
    public void A_frame_taken_late_tells_the_mean_over_the_time_that_really_passed()
    {
        using Scratch tree = new Scratch().Show("vitals/small/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Show("vitals/small/second");
        clock.Advance(4);
        Dictionary<string, double> frame = sensor.ReadByName();

        Assert.Equal(2000 / 2 / 4.0, frame["context_switches"], 9);
        Assert.Equal(65_536 / 4.0, frame["disk_read"], 9);
        Assert.Equal(0.65, frame["cpu_busy"], 9);
    }

    [Fact]
    public void No_frame_is_due_before_its_period_is_over()
    {
        using Scratch tree = new Scratch().Show("vitals/small/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);
        double[] frame = new double[sensor.Channels.Count];
        frame.AsSpan().Fill(7);

        clock.Advance(0.999);

        Assert.False(sensor.TryRead(frame, out _));
        Assert.All(frame, value => Assert.Equal(7, value));
        Assert.Equal(clock.TimestampFrequency, sensor.NextDue);
    }

    [Fact]
    public void A_frame_carries_both_clocks()
    {
        using Scratch tree = new Scratch().Show("vitals/small/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);

        clock.Advance(1.5);
        sensor.ReadFrame(out FrameTime time);

        Assert.Equal(new FrameTime(clock.GetTimestamp(), FakeClock.StartUnixMs + 1500), time);
    }

    [Fact]
    public void What_the_kernel_does_not_show_is_missing_and_the_rest_is_there()
    {
        using Scratch tree = new Scratch().Show("vitals/bare/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Show("vitals/bare/second");
        clock.Advance(1);
        Dictionary<string, double> frame = sensor.ReadByName();

        // 30 ticks of user and 10 of system out of 100; 100 switches.
        Assert.Equal(0.4, frame["cpu_busy"], 9);
        Assert.Equal(100, frame["context_switches"], 9);
        string[] absent = ["pressure_cpu", "memory_used", "page_faults", "disk_read", "loopback", "temperature", "forks", "load_1"];
        Assert.All(absent, name => Assert.True(double.IsNaN(frame[name]), name));
    }

    [Fact]
    public void Cores_that_come_online_later_are_counted_from_their_second_reading()
    {
        using Scratch tree = new Scratch();
        FakeClock clock = new();
        tree.Write("proc/stat", "cpu0 0 0 0 0\nctxt 0\n");
        using VitalsSensor sensor = Sensor(clock, tree);

        // The new core was busy since the machine started, which is not news.
        tree.Write("proc/stat", "cpu0 50 0 0 50\ncpu1 9000 0 0 0\nctxt 800\n");
        clock.Advance(1);
        Dictionary<string, double> first = sensor.ReadByName();
        tree.Write("proc/stat", "cpu0 50 0 0 150\ncpu1 9100 0 0 0\nctxt 1600\n");
        clock.Advance(1);
        Dictionary<string, double> second = sensor.ReadByName();

        Assert.Equal(0.5, first["cpu_busy"], 9);
        Assert.Equal(400, first["context_switches"], 9);
        Assert.Equal(0.5, second["cpu_busy"], 9);
        Assert.Equal(1, second["cpu_busy_max"], 9);
        Assert.Equal(2, sensor.Cores);
    }

    [Fact]
    public void More_cores_than_there_was_room_for_are_all_counted()
    {
        using Scratch tree = new Scratch();
        FakeClock clock = new();
        tree.Write("proc/stat", "cpu0 0 0 0 0\nctxt 0\n");
        using VitalsSensor sensor = Sensor(clock, tree);

        for (int reading = 1; reading <= 2; reading++)
        {
            IEnumerable<string> cores = Enumerable.Range(0, 300).Select(core => $"cpu{core} {reading * 25} 0 0 {reading * 75}");
            tree.Write("proc/stat", $"{string.Join('\n', cores)}\nctxt {reading * 3000}\n");
            clock.Advance(1);
            sensor.ReadFrame();
        }

        Assert.Equal(300, sensor.Cores);
        tree.Write("proc/stat", $"{string.Join('\n', Enumerable.Range(0, 300).Select(core => $"cpu{core} 150 0 0 150"))}\nctxt 9000\n");
        clock.Advance(1);
        Dictionary<string, double> frame = sensor.ReadByName();
        Assert.Equal(100 / 100.0, frame["cpu_busy_max"], 9);
        Assert.Equal(10, frame["context_switches"], 9);
    }

    [Fact]
    public void A_text_longer_than_the_buffer_is_read_to_its_end()
    {
        using Scratch tree = new Scratch();
        FakeClock clock = new();
        string interrupts = string.Join(' ', Enumerable.Repeat("12345", 20_000));
        tree.Write("proc/stat", $"cpu0 0 0 0 0\nintr 10 {interrupts}\nctxt 0\n");
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Write("proc/stat", $"cpu0 0 0 0 100\nintr 30 {interrupts}\nctxt 77\n");
        clock.Advance(1);
        Dictionary<string, double> frame = sensor.ReadByName();

        Assert.Equal(20, frame["interrupts"], 9);
        Assert.Equal(77, frame["context_switches"], 9);
    }

    [Fact]
    public void A_disk_plugged_in_again_does_not_count_backwards()
    {
        using Scratch tree = new Scratch();
        FakeClock clock = new();
        tree.Write("proc/stat", "cpu0 0 0 0 0\n");
        tree.Write("proc/diskstats", "8 0 sda 0 0 900000 0 0 0 0 0 0 0 0\n");
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Write("proc/diskstats", "8 0 sda 0 0 10 0 0 0 0 0 0 0 0\n");
        clock.Advance(1);
        double afterReset = sensor.ReadByName()["disk_read"];
        tree.Write("proc/diskstats", "8 0 sda 0 0 12 0 0 0 0 0 0 0 0\n");
        clock.Advance(1);

        Assert.Equal(0, afterReset);
        Assert.Equal(1024, sensor.ReadByName()["disk_read"], 9);
    }

    [Fact]
    public void A_captured_machine_has_shares_between_nothing_and_everything()
    {
        using Scratch tree = new Scratch().Show("vitals/captured/first");
        FakeClock clock = new();
        using VitalsSensor sensor = Sensor(clock, tree);

        tree.Show("vitals/captured/second");
        clock.Advance(1);
        Dictionary<string, double> frame = sensor.ReadByName();

        // The machine hashed zeros on one of its two cores meanwhile.
        Assert.InRange(frame["cpu_busy_max"], 0.9, 1);
        Assert.InRange(frame["cpu_busy"], 0.45, 0.8);
        IEnumerable<Channel> shares = sensor.Channels.Where(channel => channel.Unit == "1" && channel.Name is not ("run_queue" or "blocked" or "load_1" or "cpu_frequency"));
        Assert.All(shares, channel => Assert.InRange(frame[channel.Name], 0, 1));
        Assert.All(frame.Where(pair => pair.Key is not ("temperature" or "cpu_frequency")), pair => Assert.True(double.IsFinite(pair.Value), pair.Key));
    }

    [Fact]
    public void This_machine_answers_from_the_first_frame_on()
    {
        FakeClock clock = new();
        using VitalsSensor sensor = new(clock, new VitalsOptions { RateHz = 5 });

        clock.Advance(0.2);
        Dictionary<string, double> frame = sensor.ReadByName();

        string[] everywhere = ["cpu_busy", "context_switches", "forks", "memory_used", "page_faults", "loopback", "run_queue"];
        Assert.All(everywhere, name => Assert.True(double.IsFinite(frame[name]), name));
        Assert.InRange(frame["memory_used"], 0.0001, 1);
    }

    [Fact]
    public void Ten_thousand_frames_of_this_machine_allocate_nothing()
    {
        FakeClock clock = new();
        using VitalsSensor sensor = new(clock, new VitalsOptions { RateHz = 50 });

        // The least of three stretches: a kernel file that answers with an error costs one exception, and this machine may
        // have such a moment; what every frame allocates shows in all three.
        long least = Enumerable.Range(0, 3).Min(_ => sensor.AllocatedOver(10_000, clock, secondsBetween: 0.02));
        Assert.Equal(0, least);
    }

    [Fact]
    public void All_mistakes_in_the_options_are_listed()
    {
        VitalsOptions options = new() { RateHz = 51, Root = "/nowhere" };

        IReadOnlyList<string> mistakes = options.Validate();

        Assert.Equal(["rate_hz: 51 is outside 0.2 to 50", "root: there is no proc/stat in /nowhere"], mistakes);
        Assert.Throws<ArgumentException>(() => new VitalsSensor(new FakeClock(), options));
    }

    private static VitalsSensor Sensor(FakeClock clock, Scratch tree) =>
        new(clock, new VitalsOptions { RateHz = 1, Root = tree.Root });
}
