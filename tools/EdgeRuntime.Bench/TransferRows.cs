using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about fetching a package over MQTT: by the published device, from a real broker, killed and cut off meanwhile.</summary>
internal static class TransferRows
{
    private const int LargeBytes = 100_000_000;
    private const int Kills = 50;
    private const int BrokerRestarts = 10;
    private const int Rounds = 5;
    private const string Torn = "transfer, 100 MB, 50 kills, 10 broker restarts: sent / size";
    private const string Loopback = "transfer on loopback / what the broker alone moves";
    private const string Far = "transfer at 100 ms / 64 KiB request-and-wait";

    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(50);

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration, Ctl: { } ctl, Packages: { } packages } || BenchBroker.Program is null)
        {
            const string why = "no published edge-device, no package, no edgectl or no mosquitto";
            figures.Add(new Figure(Torn, null, "x", why, 1.10));
            figures.Add(new Figure(Loopback, null, "x", why, Least: 0.8));
            figures.Add(new Figure(Far, null, "x", why, Least: 5));
            return;
        }

        string site = Path.GetDirectoryName(configuration)!;
        string archive = Package(ctl, site, packages, scratch, "large", LargeBytes);
        AddLoopback(device, site, archive, scratch, figures);
        AddFar(device, site, archive, scratch, figures);
        AddTorn(device, site, archive, scratch, figures);
    }

    private static void AddLoopback(string device, string site, string archive, string scratch, Figures figures)
    {
        double[] ours = new double[Rounds];
        double[] bare = new double[Rounds];
        double[] work = new double[Rounds];
        int payload = PackageReference.ChunkBytesFor(LargeBytes);
        int messages = LargeBytes / payload;
        for (int round = -1; round < Rounds; round++)
        {
            // A new one each time, that no order and no report of the round before is kept by.
            using BenchBroker broker = new(Fresh(scratch, $"loopback-broker-{round}"));
            double rate;
            using (TransferStage stage = new(device, Fresh(scratch, $"loopback-{round}"), site, archive, broker))
            {
                rate = Rate(stage);
            }

            double alone = BareTransfer.Stream(broker.Port, payload, messages);
            double hashed = BareTransfer.HashAndWrite(Path.Combine(scratch, $"written-{round}"), payload, messages);

            // In the first one the compiler of .NET is still at work on what serves, on the same processors.
            if (round >= 0)
            {
                (ours[round], bare[round], work[round]) = (rate, alone, hashed);
            }
        }

        const string how = "from the first request to the last chunk hashed and on the disk; against two bare clients over the same link, same payload and QoS 0, neither hashing nor writing";
        figures.Add(Rows.InUnit("transfer on loopback", ours.Select(rate => rate / 1e6), "MB/s", how));
        figures.Add(Rows.InUnit("two bare clients on loopback", bare.Select(rate => rate / 1e6), "MB/s", "QoS 0, payloads as long as our chunks"));
        figures.Add(Rows.InUnit(
            "hashing and writing alone", work.Select(rate => rate / 1e6), "MB/s", "SHA-256, pwrite and one fsync of as many such payloads on one processor, no network"));
        Figure ratio = Rows.Ratio(Loopback, ours, bare, how);
        figures.Add(ratio with { Least = 0.8 });
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
