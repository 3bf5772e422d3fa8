using System.Diagnostics;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Bench;

/// <summary>Rows about changing the model while it answers a thousand times a second: five hundred swaps in a row.</summary>
internal static class SwapRows
{
    private const int Swaps = 500;
    private const int Rounds = 10;
    private const int QuietSeconds = 5;
    private const string Lost = "500 hot swaps at 1 kHz: samples lost or doubled";
    private const string Gap = "500 hot swaps at 1 kHz: longest time between two samples across a swap";
    private const string Slower = "500 hot swaps at 1 kHz: p99.9 from frame to decision, with swaps / without";
    private const string Memory = "500 hot swaps at 1 kHz: memory growth after the first 50";
    private const double MostSlower = 1.5;
    private const double MostMegabytes = 5;

    // Beside the profile that asks for nothing.
    private static readonly IReadOnlyList<PlacedPath> Placed =
    [
        new(
            "on its own core", $$""", "realtime": { "cores": [{{Environment.ProcessorCount - 1}}] }""",
            "; under a profile that gives the path a core, as those of the boards do; operator and broker run on any"),
        new(
            "in real time", """, "realtime": { "scheduler": "fifo" }""",
            "; the same under a profile that asks for SCHED_FIFO, so that no other program's slice of time is in it"),
    ];

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options.Device is not string device || BenchBroker.Program is null)
        {
            const string Why = "no published edge-device, or no mosquitto";
            figures.Add(new Figure(Lost, null, "samples", Why, 0));
            figures.Add(new Figure(Gap, null, "periods", Why, 1));
            figures.Add(new Figure(Slower, null, "x", Why, MostSlower));
            foreach (PlacedPath path in Placed)
            {
                figures.Add(new Figure(path.Slower, null, "x", Why, MostSlower));
            }

            figures.Add(new Figure(Memory, null, "MB", Why, MostMegabytes));
            return;
        }

        TrialPackage package = new();
        double period = 1000 / package.RateHz;
        SwapRun run = Run(device, Path.Combine(scratch, "swaps"), package, profile: "");
        IReadOnlyList<PredictionMessage> told = run.Predictions;
        SampleNumbers numbers = SampleNumbers.Of(told);
        Crossing[] crossings = [.. Crossings(told)];
        string how = $"{Swaps} signed orders to and fro between two committed packages in {run.Seconds:0} s, {run.Committed} committed, {crossings.Length} changes seen in the predictions; the first update was {run.First}";
        figures.Add(new Figure(
            Lost, numbers.Missing + numbers.Doubled + run.Dropped, "samples",
            $"{numbers.Samples} samples told one by one: {numbers.Missing} numbers missing, {numbers.Doubled} doubled, {run.Dropped} dropped or failed; {how}", 0));
        figures.Add(new Figure(
            Gap, crossings.Max(crossing => crossing.Milliseconds) / period, "periods",
            $"by the samples' times, which are told in whole milliseconds, a period at {package.RateHz:0} Hz; the longest between any two samples of one model was {Longest(told) / period:0} periods", 1));
        figures.Add(run.Row(Slower, "; the device, its operator and the broker share this machine"));
        foreach (PlacedPath path in Placed)
        {
            figures.Add(Run(device, Path.Combine(scratch, $"swaps-{path.Name.Replace(' ', '-')}"), package, path.Profile).Row(path.Slower, path.Where));
        }

        figures.Add(new Figure(
            Memory, run.Growth, "MB", $"resident memory of the device, {run.Megabytes:0.0} MB after {Swaps / Rounds} swaps", MostMegabytes));
    }

    // Rounds with swaps and without take turns, so that what else happens on this machine meets both.
    private static SwapRun Run(string device, string directory, TrialPackage package, string profile)
    {
        using TrialStage stage = new TrialStage(device, Directory.CreateDirectory(directory).FullName, package, profile).Serve();
        byte[][] packages = [package.Pack(1, TrialModels.Good(), stage.Release), package.Pack(2, TrialModels.Good(), stage.Release)];
        UpdateMessage first = stage.Manager.EndOf(stage.Manager.Order(packages[1]), 60);
        Settle(stage);
        stage.Manager.ForgetPredictions();
        List<LatencyHistogram> swapped = [];
        List<LatencyHistogram> quiet = [];
        int committed = 0;
        double megabytes = 0;
        double seconds = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int from = stage.Manager.Windows.Count;
            long begin = Stopwatch.GetTimestamp();
            for (int swap = 0; swap < Swaps / Rounds; swap++)
            {
                UpdateMessage end = stage.Manager.EndOf(stage.Manager.Order(packages[swap % 2], revert: true), 60);
                committed += end.State == UpdateState.Committed ? 1 : 0;
            }

            seconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
            megabytes = round == 0 ? Programs.Resident(stage.ProcessId) : megabytes;
            Settle(stage);
            swapped.Add(Paths(stage.Manager.Windows.Skip(from)));
            int windows = stage.Manager.Windows.Count;
            stage.Manager.WaitUntil(() => stage.Manager.Windows.Count >= windows + QuietSeconds, 3 * QuietSeconds, "the windows of a quiet time came");
            quiet.Add(Paths(stage.Manager.Windows.Skip(windows)));
        }

        return new SwapRun
        {
            First = first.State,
            Committed = committed,
            Seconds = seconds,
            Megabytes = megabytes,
            Growth = Programs.Resident(stage.ProcessId) - megabytes,
            Predictions = [.. stage.Manager.Predictions],
            Dropped = stage.Manager.Windows.Sum(window => window.Failed + window.Dropped.Values.Sum()),
            Swapped = swapped,
            Quiet = quiet,
        };
    }

    // The window that is open now comes too.
    private static void Settle(TrialStage stage)
    {
        int windows = stage.Manager.Windows.Count;
        stage.Manager.WaitUntil(() => stage.Manager.Windows.Count >= windows + 2, 30, "windows go on");
    }

    private static LatencyHistogram Paths(IEnumerable<WindowMessage> windows)
    {
        LatencyHistogram sum = new();
        foreach (LatencyCounts path in windows.Select(window => window.Path))
        {
            sum.AddSparse(path.Buckets, path.Counts, (long)(path.MaxMicroseconds * 1000));
        }

        return sum;
    }

    private static IEnumerable<Crossing> Crossings(IReadOnlyList<PredictionMessage> batches) =>
        Pairs(batches).Where(pair => pair.Before.Version != pair.After.Version)
            .Select(pair => new Crossing(pair.After.Prediction.UnixMs - pair.Before.Prediction.UnixMs));

    private static double Longest(IReadOnlyList<PredictionMessage> batches) =>
        Pairs(batches).Where(pair => pair.Before.Version == pair.After.Version)
            .Max(pair => pair.After.Prediction.UnixMs - pair.Before.Prediction.UnixMs);

    private static IEnumerable<((string Version, Prediction Prediction) Before, (string Version, Prediction Prediction) After)> Pairs(
        IReadOnlyList<PredictionMessage> batches)
    {
        (string Version, Prediction Prediction)[] all =
            [.. batches.SelectMany(batch => batch.Predictions.Select(one => (batch.Version, one))).OrderBy(one => one.one.N)];
        return all.Zip(all.Skip(1));
    }

    private readonly record struct Crossing(double Milliseconds);

    /// <summary>A sample path with a place of its own.</summary>
    /// <param name="Name">As the row has it.</param>
    /// <param name="Profile">Members of the device's profile, after others.</param>
    /// <param name="Where">What it means.</param>
    private sealed record PlacedPath(string Name, string Profile, string Where)
    {
        public string Slower => $"500 hot swaps at 1 kHz, sample path {Name}: p99.9 from frame to decision, with swaps / without";
    }

    /// <summary>What five hundred swaps of one device came to.</summary>
    private sealed record SwapRun
    {
        public required UpdateState First { get; init; }

        public required int Committed { get; init; }

        public required double Seconds { get; init; }

        public required double Megabytes { get; init; }

        public required double Growth { get; init; }

        public required IReadOnlyList<PredictionMessage> Predictions { get; init; }

        public required long Dropped { get; init; }

        public required IReadOnlyList<LatencyHistogram> Swapped { get; init; }

        public required IReadOnlyList<LatencyHistogram> Quiet { get; init; }

        public Figure Row(string name, string where)
        {
            Spread swapped = Microseconds(Swapped, 0.999);
            Spread quiet = Microseconds(Quiet, 0.999);
            return new Figure(
                name, swapped.Median / quiet.Median, "x",
                $"in turns: {swapped.Median:0} us with swaps ({swapped}; {Swapped.Sum(round => round.Count)} samples), {quiet.Median:0} us without ({quiet}; {Quiet.Sum(round => round.Count)} samples); p50 {Microseconds(Swapped, 0.5).Median:0} and {Microseconds(Quiet, 0.5).Median:0} us{where}",
                MostSlower);
        }

        private static Spread Microseconds(IEnumerable<LatencyHistogram> rounds, double q) =>
            Spread.Of(rounds.Select(round => round.Quantile(q) / 1000.0));
    }
}
