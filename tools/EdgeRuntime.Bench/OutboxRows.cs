using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Bench;

/// <summary>Rows about what a device keeps while nobody listens: three days offline, and a start with what piled up.</summary>
internal static class OutboxRows
{
    private const int Hours = 72;
    private const int PerSecond = 10;
    private const long Cap = 50_000_000;
    private const int Queued = 100_000;
    private const int Rounds = 9;
    private const double MostSlower = 200;

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        Offline(figures);
        StartUp(options, figures, scratch);
    }

    private static void Offline(Figures figures)
    {
        SimulatedClock time = new(DateTimeOffset.UnixEpoch.AddYears(55));
        MemoryDisk disk = new();
        DurableOutbox outbox = new(new DurableOutboxOptions { MaxBytes = Cap, DrainPerSecond = 100_000 }, time);
        OutboxKeeper keeper = new(outbox, disk, time, clockSynchronized: true);
        OutboxTraffic traffic = new(time);
        const int Messages = Hours * 3600 * PerSecond;
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < Messages; i++)
        {
            outbox.Post(traffic.Next());
            time.Advance(TimeSpan.FromSeconds(1.0 / PerSecond));
            if (i % PerSecond == 0)
            {
                keeper.Step();
            }
        }

        (long written, long syncs, long most) = (disk.Written, disk.Syncs, disk.MostBytes);
        Dictionary<string, long> sent = Send(outbox, keeper, time);
        keeper.Stop();
        OutboxReport report = outbox.Report();
        OutboxTally results = report.Classes["results"];
        long unaccounted = Messages - report.Classes.Values.Sum(tally => tally.Sent + tally.Merged + Dropped(tally));
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"{Hours} simulated hours offline at {PerSecond} messages a second (1 % events, 10 % windows of 1.3 kB, the rest predictions), cap {Cap / 1e6:0} MB, then all of it sent and acknowledged; {watch.Elapsed.TotalSeconds:0} s of this machine");
        figures.Add(new Figure("outbox, 72 h offline: results lost", results.Produced - sent["event"], "messages", $"{results.Produced} made; {how}", 0));
        figures.Add(new Figure(
            "outbox, 72 h offline: produced - (sent + merged + dropped)", Math.Abs(unaccounted), "messages", $"{Messages} produced; {how}", 0));
        foreach ((string name, OutboxTally tally) in report.Classes.Where(pair => pair.Key != "results"))
        {
            figures.Add(new Figure(
                $"outbox, 72 h offline: {name} dropped", 100.0 * Dropped(tally) / tally.Produced, "%",
                $"{tally.Produced} made = {tally.Sent} sent + {tally.Merged} merged into them + {Dropped(tally)} dropped"));
        }

        int segment = outbox.Options.SegmentBytes;
        figures.Add(new Figure(
            "outbox, 72 h offline: most on the disk / (cap + one segment)", most / (double)(Cap + segment), "x",
            $"{most} bytes, everything below outbox; a segment has {segment}", 1));
        figures.Add(new Figure(
            "outbox, 72 h offline: written to the flash", written / 1e6, "MB",
            $"{written / (double)Messages:0} bytes a message, {syncs / (double)Hours:0} calls of fsync an hour"));
    }

    // A manager that acknowledges the highest number it had of each class.
    private static Dictionary<string, long> Send(DurableOutbox outbox, OutboxKeeper keeper, SimulatedClock time)
    {
        Dictionary<string, HashSet<long>> had = [];
        outbox.OnConnected();
        for (int idle = 0; idle < 20;)
        {
            keeper.Step();
            time.Advance(TimeSpan.FromSeconds(1));
            idle++;
            Dictionary<string, StoredMessage> newest = [];
            while (outbox.TryTake(out StoredMessage message, out long token))
            {
                idle = 0;
                (had.TryGetValue(message.TopicClass, out HashSet<long>? known) ? known : had[message.TopicClass] = []).Add(message.Sequence);
                newest[message.TopicClass] = message;
                outbox.OnPublished(token);
            }

            foreach (StoredMessage last in newest.Values)
            {
                outbox.OnAcknowledged(last.TopicClass, last.Boot, last.Sequence);
            }
        }

        return had.ToDictionary(pair => pair.Key, pair => (long)pair.Value.Count);
    }

    private static void StartUp(UpdatesOptions options, Figures figures, string scratch)
    {
        string name = $"start of the device with {Queued} messages queued - with none";
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration })
        {
            figures.Add(new Figure(name, null, "ms", "no published edge-device, or no package to serve", MostSlower));
            return;
        }

        string full = Path.Combine(scratch, "full");
        Directory.CreateDirectory(full);
        Fill(full);
        string state = Path.Combine(Path.GetDirectoryName(configuration)!, "state");
        double[] with = new double[Rounds];
        double[] without = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double none = Start(device, configuration, state, null);
            double queued = Start(device, configuration, state, full);
            if (round >= 0)
            {
                (without[round], with[round]) = (none, queued);
            }
        }

        string how = "from starting the published program to its first model serving, no broker; taken in turns";
        figures.Add(Rows.InUnit("start of the device, outbox empty", without, "ms", how));
        Spread spread = Spread.Of(with.Zip(without, (queued, none) => queued - none));
        figures.Add(new Figure(name, spread.Median, "ms", $"{spread}, a difference for each round; {how}", MostSlower));
    }

    private static void Fill(string directory)
    {
        SimulatedClock time = new(TimeProvider.System.GetUtcNow().AddHours(-3));
        MemoryDisk disk = new();
        DurableOutbox outbox = new(new DurableOutboxOptions { MaxBytes = 1_000_000_000 }, time);
        OutboxKeeper keeper = new(outbox, disk, time, clockSynchronized: true);
        OutboxTraffic traffic = new(time);
        for (int i = 0; i < Queued; i++)
        {
            outbox.Post(traffic.Next());
            time.Advance(TimeSpan.FromMilliseconds(100));
            if (i % 100 == 0)
            {
                keeper.Step();
            }
        }

        keeper.Stop();
        disk.Save(directory);
    }

    private static double Start(string device, string configuration, string state, string? outbox)
    {
        string own = Path.Combine(state, "outbox");
        if (Directory.Exists(own))
        {
            Directory.Delete(own, recursive: true);
        }

        if (outbox is not null)
        {
            Directory.CreateDirectory(state);
            Copy(Path.Combine(outbox, "outbox"), own);
        }

        ProcessStartInfo start = new(device, ["run", "--config", configuration, "--plain"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new BenchException($"{device} did not start");
        try
        {
            List<string> said = [];
            while (process.StandardError.ReadLine() is string line)
            {
                said.Add(line);
                if (line.Contains(" serves from ", StringComparison.Ordinal))
                {
                    return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                }
            }

            throw new BenchException($"the device ended before it served: {string.Join(" | ", said)}");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.EnumerateDirectories(from))
        {
            Copy(directory, Path.Combine(to, Path.GetFileName(directory)));
        }

        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static long Dropped(OutboxTally tally) => tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage;
}
