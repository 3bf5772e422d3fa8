using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about fetching a package over MQTT: by the published device, from a real broker, killed and cut off meanwhile.</summary>
internal static class TransferRows
{
    /// <summary>Bytes of the package that rows about transfers fetch, but for a few.</summary>
    internal const int LargeBytes = 100_000_000;

    /// <summary>Why there are no such rows.</summary>
    internal const string Absent = "no published edge-device, no package, no edgectl or no mosquitto";

    private const int Kills = 50;
    private const int BrokerRestarts = 10;
    private const string Torn = "transfer, 100 MB, 50 kills, 10 broker restarts: sent / size";
    private const string Far = "transfer at 100 ms / 64 KiB request-and-wait";

    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(50);

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration, Ctl: { } ctl, Packages: { } packages } || BenchBroker.Program is null)
        {
            figures.Add(new Figure(Torn, null, "x", Absent, 1.10));
            figures.Add(new Figure(Far, null, "x", Absent, Least: 5));
            return;
        }

        string site = Path.GetDirectoryName(configuration)!;
        string archive = Package(ctl, site, packages, scratch, "large", LargeBytes);
        AddFar(device, site, archive, scratch, figures);
        AddTorn(device, site, archive, scratch, figures);
    }

    private static void AddFar(string device, string site, string archive, string scratch, Figures figures)
    {
        using BenchBroker broker = new(Fresh(scratch, "far-broker"));
        using DelayRelay relay = new(broker.Port, OneWay);
        double waiting = BareTransfer.RequestAndWait(broker.Port, relay.Port, 40);
        using TransferStage stage = new(device, Fresh(scratch, "far"), site, archive, broker, relay.Port);
        double ours = Rate(stage);
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"{ours / 1e6:0.0} MB/s against {waiting / 1e6:0.00} MB/s; a relay holds every byte back for 50 ms each way, between device and broker");
        figures.Add(new Figure(Far, ours / waiting, "x", how, Least: 5));
    }

    private static void AddTorn(string device, string site, string archive, string scratch, Figures figures)
    {
        using BenchBroker broker = new(Fresh(scratch, "torn-broker"));
        using TransferStage stage = new(device, Fresh(scratch, "torn"), site, archive, broker);
        Random random = new(1);
        stage.StartDevice();
        stage.Order();
        long size = stage.Reference.Size;
        int kills = 0;
        int restarts = 0;
        long begin = Stopwatch.GetTimestamp();
        for (int blow = 1; blow <= Kills + BrokerRestarts; blow++)
        {
            // Blows are spread over the bytes, so that every one of them hits a transfer under way.
            long at = (long)((blow - random.NextDouble()) * size / (Kills + BrokerRestarts + 1));
            stage.Until(() => stage.Chunks.BytesSent >= at || IsFetched(stage), $"{at} bytes were sent");
            if (IsFetched(stage))
            {
                break;
            }

            if (blow % ((Kills + BrokerRestarts) / BrokerRestarts) == 0)
            {
                broker.Restart();
                restarts++;
                stage.Order();
            }
            else
            {
                stage.KillDevice();
                stage.StartDevice();
                kills++;
            }
        }

        stage.Until(() => IsFetched(stage), "every byte is there");
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"{stage.Chunks.BytesSent} payload bytes sent, whether or not they arrived, for {size}; {kills} SIGKILLs of the device and {restarts} of the broker at random bytes, {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s");
        figures.Add(new Figure(Torn, stage.Chunks.BytesSent / (double)size, "x", how, 1.10));
    }

    /// <summary>Fetches the package once.</summary>
    /// <returns>Bytes a second, from the first request to the last chunk hashed and written.</returns>
    public static double Rate(TransferStage stage)
    {
        stage.StartDevice();
        return Fetch(stage);
    }

    /// <summary>As <see cref="Rate"/>, by a device that was started.</summary>
    public static double Fetch(TransferStage stage)
    {
        stage.Order();
        stage.Until(() => IsFetched(stage), "every byte is there");
        return stage.Reference.Size / Stopwatch.GetElapsedTime(stage.AskedAt).TotalSeconds;
    }

    private static bool IsFetched(TransferStage stage) => stage.Newest is { State: not UpdateState.Downloading };

    /// <summary>The demonstration's second package with ballast that no compression makes smaller.</summary>
    internal static string Package(string ctl, string site, string packages, string scratch, string name, int ballastBytes)
    {
        string source = Path.Combine(scratch, name);
        Programs.CopyTree(Path.Combine(packages, "machine-2"), source);
        byte[] ballast = new byte[ballastBytes];
        new Random(3).NextBytes(ballast);
        File.WriteAllBytes(Path.Combine(source, "ballast.bin"), ballast);
        string archive = Path.Combine(scratch, $"{name}.edgepkg");
        (int code, string _, string complaint) = Programs.Words(
            ctl, ["pack", source, "--output", archive, "--key", Path.Combine(site, "keys/release.key.pem")]);
        return code == 0 ? archive : throw new BenchException($"edgectl pack ended with {code}: {complaint.Trim()}");
    }

    /// <summary>A directory of its own.</summary>
    public static string Fresh(string scratch, string name) => Directory.CreateDirectory(Path.Combine(scratch, name)).FullName;
}
