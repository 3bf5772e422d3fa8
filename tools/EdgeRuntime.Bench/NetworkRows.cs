using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about updates over bad lines: the published device behind a relay, a real broker before it.</summary>
internal static class NetworkRows
{
    private const int PackageBytes = 2_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private static readonly (string Profile, string Words)[] Lines =
    [
        ("offline", "away 5 s of every 10, else 250 kB/s"),
        ("satellite", "600 ms there and back, 50 ms more or less, 2 % lost"),
        ("cellular", "100 ms there and back"),
    ];

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        string? missing = options is not { Device: not null, DeviceConfiguration: not null, Ctl: not null, Packages: not null, Simulator: not null } || BenchBroker.Program is null
            ? "no published edge-device, no package, no edgectl, no edge-simulator or no mosquitto"
            : NetworkLine.Objection();
        if (missing is not null)
        {
            foreach ((string _, string words) in Lines)
            {
                figures.Add(new Figure(Name(words), null, "x", missing, 1.10));
            }

            return;
        }

        string site = Path.GetDirectoryName(options.DeviceConfiguration)!;
        string archive = TransferRows.Package(options.Ctl!, site, options.Packages!, scratch, "network", PackageBytes);
        foreach ((string profile, string words) in Lines)
        {
            using NetworkLine line = new(options.Simulator!, profile);
            using BenchBroker broker = new(Fresh(scratch, $"{profile}-broker"), line.Near);
            using TransferStage stage = new(options.Device!, Fresh(scratch, profile), site, archive, broker, line: line);
            stage.StartDevice();
            stage.Order();
            long ordered = Stopwatch.GetTimestamp();
            stage.Until(() => stage.Newest is { State: not UpdateState.Downloading }, "every byte is there", Patience);
            double fetched = Stopwatch.GetElapsedTime(ordered).TotalSeconds;
            stage.Until(() => stage.Newest is { State: UpdateState.Committed or UpdateState.Rejected or UpdateState.Undone }, "it is decided", Patience);
            string how = string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Chunks.BytesSent} payload bytes sent, whether or not they arrived, for {stage.Reference.Size}; fetched in {fetched:0.0} s, and {stage.Newest!.State} after {Stopwatch.GetElapsedTime(ordered).TotalSeconds:0.0} s");
            figures.Add(new Figure(Name(words), stage.Chunks.BytesSent / (double)stage.Reference.Size, "x", how, 1.10));
        }
    }

    private static string Name(string words) => $"2 MB over a line {words}: sent / size";

    private static string Fresh(string scratch, string name) => Directory.CreateDirectory(Path.Combine(scratch, name)).FullName;
}
