using System.Globalization;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>Rows about how fast a package comes where the network costs nothing: what of it is the broker's, and what ours.</summary>
internal static class LoopbackRows
{
    private const int Rounds = 5;
    private const int WarmUps = 3;
    private const string Name = "transfer on loopback / what the broker alone moves";

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration, Ctl: { } ctl, Packages: { } packages } || BenchBroker.Program is null)
        {
            figures.Add(new Figure(Name, null, "x", TransferRows.Absent, Least: 0.8));
            return;
        }

        string site = Path.GetDirectoryName(configuration)!;
        string archive = TransferRows.Package(ctl, site, packages, scratch, "loopback", TransferRows.LargeBytes);
        int payload = PackageReference.ChunkBytesFor(TransferRows.LargeBytes);
        int messages = TransferRows.LargeBytes / payload;
        List<Round> rounds = [];
        for (int round = -WarmUps; round < Rounds; round++)
        {
            string directory = TransferRows.Fresh(scratch, $"loopback-{round}");
            Round measured = Measure(device, site, archive, directory, payload, messages);

            // So that the next round writes into memory that this machine has, and not into some that its host must find first.
            Directory.Delete(directory, recursive: true);

            // In the first ones the compiler of .NET is still at work on what serves, on the same processors.
            if (round >= 0)
            {
                rounds.Add(measured);
            }
        }

        const string how = "from the first request to the last chunk hashed and on the disk; against two bare clients of ours over the same link, same payload and QoS 0, neither hashing nor writing";
        double[] ours = [.. rounds.Select(round => round.Ours)];
        double[] bare = [.. rounds.Select(round => round.Bare)];
        figures.Add(Rows.InUnit("transfer on loopback", ours.Select(rate => rate / 1e6), "MB/s", how));
        figures.Add(Rows.InUnit("two bare clients on loopback", bare.Select(rate => rate / 1e6), "MB/s", "QoS 0, payloads as long as our chunks"));
        figures.Add(Rows.InUnit(
            "hashing and writing alone", rounds.Select(round => round.Work / 1e6), "MB/s", "SHA-256, pwrite and one fsync of as many such payloads on one processor, no network"));
        AddProcessors(rounds, figures);
        figures.Add(Rows.Ratio(Name, ours, bare, $"{how}; {AgainstClients(rounds, ours)}") with { Least = 0.8 });
        figures.Add(Rows.Ratio(
            "what hashing and writing leave / what the broker alone moves", [.. rounds.Select(round => Bound(round, payload * (double)messages))], bare,
            $"the most that any transfer could reach here: the processor time of the bare clients, their broker, hashing and writing, on {Environment.ProcessorCount} processors that never wait"));
    }

    // Bytes a second if nothing but what nobody can leave out cost anything, and all processors were always busy with it.
    private static double Bound(Round round, double bytes) =>
        bytes * Environment.ProcessorCount / (round.Moved.Bench + round.Moved.Broker + round.Worked).TotalSeconds;

    private static string AgainstClients(List<Round> rounds, double[] ours)
    {
        if (rounds.Any(round => round.Clients is null))
        {
            return "mosquitto's own clients are not installed";
        }

        double[] clients = [.. rounds.Select(round => round.Clients!.Value)];
        double ratio = Spread.Of(ours.Zip(clients, (mine, theirs) => mine / theirs)).Median;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"against mosquitto_pub to mosquitto_sub, which move {Spread.Of(clients).Median / 1e6:0} MB/s, {ratio:0.00} x");
    }

    private static Round Measure(string device, string site, string archive, string directory, int payload, int messages)
    {
        // A new one each time, that no order and no report of the round before is kept by.
        using BenchBroker broker = new(TransferRows.Fresh(directory, "broker"));
        ProcessorTime served;
        double ours;
        using (TransferStage stage = new(device, TransferRows.Fresh(directory, "device"), site, archive, broker))
        {
            stage.StartDevice();
            stage.AwaitServing();
            ProcessorTime begin = ProcessorTime.Now(stage.DeviceProcessor, broker.Processor);
            ours = TransferRows.Fetch(stage);
            served = ProcessorTime.Now(stage.DeviceProcessor, broker.Processor) - begin;
        }

        ProcessorTime idle = ProcessorTime.Now(TimeSpan.Zero, broker.Processor);
        double bare = BareTransfer.Stream(broker.Port, payload, messages);
        ProcessorTime moved = ProcessorTime.Now(TimeSpan.Zero, broker.Processor) - idle;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        double work = BareTransfer.HashAndWrite(Path.Combine(directory, "written"), payload, messages);
        TimeSpan worked = Environment.CpuUsage.TotalTime - before;
        double? clients = BareTransfer.MosquittoClients(broker.Port, Path.Combine(directory, "payload"), payload, messages);
        return new Round(ours, bare, work, clients, served, moved, worked);
    }

    private static void AddProcessors(List<Round> rounds, Figures figures)
    {
        void Row(string name, Func<Round, TimeSpan> of, string how) => figures.Add(Rows.InUnit(
            $"processor time of 100 MB: {name}", rounds.Select(round => of(round).TotalSeconds), "s", how));

        const string clock = "user and system";
        Row("the device", round => round.Served.Device, $"{clock}, from the order to the last chunk hashed and on the disk");
        Row("the broker", round => round.Served.Broker, $"{clock}, in the same time");
        Row("the server of chunks", round => round.Served.Bench, $"{clock}, of edge-bench itself in the same time");
        Row("the broker of two bare clients", round => round.Moved.Broker, clock);
        Row("two bare clients", round => round.Moved.Bench, $"{clock}, both in edge-bench");
    }

    /// <param name="Ours">Bytes a second of the transfer.</param>
    /// <param name="Bare">Bytes a second of two bare clients.</param>
    /// <param name="Work">Bytes a second of hashing and writing.</param>
    /// <param name="Clients">Bytes a second of mosquitto's own clients; null where they are not installed.</param>
    /// <param name="Served">What the transfer cost.</param>
    /// <param name="Moved">What the bare clients cost.</param>
    /// <param name="Worked">What hashing and writing cost.</param>
    private sealed record Round(
        double Ours, double Bare, double Work, double? Clients, ProcessorTime Served, ProcessorTime Moved, TimeSpan Worked);

    private readonly record struct ProcessorTime(TimeSpan Device, TimeSpan Broker, TimeSpan Bench)
    {
        public static ProcessorTime Now(TimeSpan device, TimeSpan broker) => new(device, broker, Environment.CpuUsage.TotalTime);

        public static ProcessorTime operator -(ProcessorTime after, ProcessorTime before) =>
            new(after.Device - before.Device, after.Broker - before.Broker, after.Bench - before.Bench);
    }
}
