using System.Text.Json;
using EdgeRuntime.Device.Live;

namespace EdgeRuntime.Device.Tests.Live;

public sealed class LiveSocketTests : IDisposable
{
    private static readonly LiveLedger Ledger = new()
    {
        Device = "pump-7",
        Boot = "1",
        UnixMs = 5,
        UptimeMs = 6,
        Link = "localhost:1883",
        LinkUp = true,
        Waiting = 1,
        Dropped = 2,
        Collections = 3,
        PausedMs = 0.5,
        ResidentBytes = 7,
        Sensors = [new LiveSensor("vibration", "simulated", 1024, 9, 1, "the cable is loose")],
        Models =
        [
            new LiveModel
            {
                Name = "watch",
                Phase = "",
                Sensor = "vibration",
                Overload = "latest_only",
                Due = 10,
                Samples = 7,
                Failed = 0,
                Dropped = new Dictionary<string, long> { ["superseded"] = 3 },
                Waiting = 0,
                DeadlineMisses = 0,
                Stages = new Dictionary<string, Contracts.Messages.LatencyCounts>
                {
                    ["infer"] = new() { Buckets = [40, 41], Counts = [6, 1], MaxMicroseconds = 0.041 },
                },
            },
        ],
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-live-").FullName;

    [Fact]
    public void Another_process_reads_what_the_device_tells()
    {
        byte[] told = JsonSerializer.SerializeToUtf8Bytes(Ledger, LiveJson.Default.LiveLedger);
        using LiveSocket? socket = LiveSocket.TryOpen(_directory, _ => told, out string objection);
        Assert.True(socket is not null, objection);

        for (int time = 0; time < 3; time++)
        {
            LiveLedger? read = LiveSocket.TryRead(_directory, out objection);

            Assert.True(read is not null, objection);
            Assert.Equal(told, JsonSerializer.SerializeToUtf8Bytes(read, LiveJson.Default.LiveLedger));
        }
    }

    [Fact]
    public void A_socket_that_a_dead_process_left_is_taken_over()
    {
        string left = Path.Combine(_directory, LiveSocket.FileName);
        File.WriteAllText(left, "");

        using LiveSocket? socket = LiveSocket.TryOpen(_directory, _ => "{}"u8.ToArray(), out string objection);

        Assert.True(socket is not null, objection);
    }

    [Fact]
    public void Where_no_device_runs_the_reader_is_told_where_it_asked()
    {
        Assert.Null(LiveSocket.TryRead(_directory, out string objection));
        Assert.StartsWith($"no device answers at {Path.Combine(_directory, "live.sock")}: ", objection, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_does_not_answer_in_time_leaves_a_sentence()
    {
        using LiveSocket? socket = LiveSocket.TryOpen(_directory, _ => null, out _);

        Assert.Null(LiveSocket.TryRead(_directory, out string objection));
        Assert.Contains("did not answer in time", objection, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_directory_too_deep_for_a_socket_is_told_and_nothing_else_happens()
    {
        string deep = Path.Combine(_directory, new string('d', 100));
        Directory.CreateDirectory(deep);

        Assert.Null(LiveSocket.TryOpen(deep, _ => null, out string objection));
        Assert.Contains("choose a shorter state_dir", objection, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
