using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about a device that explains one answer after the other: what that costs the model that goes on answering.</summary>
internal static class ExplainedDeviceRows
{
    private const string Missed = "explain: samples missed by the model that is explained meanwhile";
    private const string Slower = "explain: p99 from frame to decision, meanwhile / alone";
    private const string Capped = "explain: inferences beyond a minute's allowance, asked without a pause";
    private const double RateHz = 1000;
    private const int Seconds = 12;
    private const int Rounds = 3;
    private const int PerMinute = 60_000;

    public static void Add(string? device, Figures figures)
    {
        if (device is null || BenchBroker.Program is null)
        {
            const string Why = "no built edge-device, or no mosquitto";
            figures.Add(new Figure(Missed, null, "samples", Why, 0));
            figures.Add(new Figure(Slower, null, "x", Why));
            figures.Add(new Figure(Capped, null, "inferences", Why, 0));
            return;
        }

        string scratch = Directory.CreateTempSubdirectory("edge-bench-").FullName;
        try
        {
            TrialPackage package = new()
            {
                RateHz = RateHz,
                Monitoring = new MonitoringSpec { Explain = new ExplainSpec { InferencesPerMinute = PerMinute } },
            };
            using TrialStage stage = new TrialStage(device, scratch, package).Serve();
            Measure(stage, figures);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Measure(TrialStage stage, Figures figures)
    {
        Watched alone = new();
        Watched beside = new();
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < Rounds; round++)
        {
            stage.Manager.ForgetPredictions();
            stage.Manager.WaitUntil(() => stage.Manager.Windows.Count > Seconds, 60, "the windows of a quiet time came");
            alone.Add(stage.Manager.Windows.Skip(1));
            stage.Manager.ForgetPredictions();
            long asked = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(asked).TotalSeconds < Seconds)
            {
                ResponseMessage answer = stage.Manager.Ask("explain", new CommandMessage { ExpiresUnixMs = long.MaxValue, Model = TrialPackage.Name }, seconds: 60);
                beside.Add(answer);
                if (!answer.Done)
                {
                    int windows = stage.Manager.Windows.Count;
                    stage.Manager.WaitUntil(() => stage.Manager.Windows.Count > windows, 10, "the allowance grew for a second");
                }
            }

            beside.Add(stage.Manager.Windows.Skip(1));
        }

        double minutes = Stopwatch.GetElapsedTime(begin).TotalMinutes;
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"{RateHz:0} samples/s, {Rounds} times {Seconds} s: {beside.Explained} explanations of {beside.Inferences} inferences, {beside.Refused} refused for want of allowance");
        figures.Add(new Figure(
            Missed, beside.Missed, "samples",
            $"dropped or failed, of {beside.Samples}; {beside.Late} were decided later than the next frame came, and {alone.Late} of {alone.Samples} while nothing was explained; {how}", 0));
        figures.Add(new Figure(
            Slower, (double)beside.Latency.Quantile(0.99) / alone.Latency.Quantile(0.99), "x",
            $"{beside.Latency.Quantile(0.99) / 1000.0:0} us against {alone.Latency.Quantile(0.99) / 1000.0:0}; medians {beside.Latency.Quantile(0.5) / 1000.0:0} and {alone.Latency.Quantile(0.5) / 1000.0:0} us"));

        // A minute's may have been saved before the first.
        figures.Add(new Figure(
            Capped, Math.Max(0, beside.Inferences - (PerMinute * (1 + minutes))), "inferences",
            string.Create(CultureInfo.InvariantCulture, $"{beside.Inferences} in {minutes:F1} minutes, {PerMinute} allowed a minute; {how}"), 0));
    }

    // What windows and answers of one state came to.
    private sealed class Watched
    {
        private const double PeriodNanoseconds = 1e9 / RateHz;

        public LatencyHistogram Latency { get; } = new();

        public long Samples { get; private set; }

        public long Missed { get; private set; }

        public long Late { get; private set; }

        public int Explained { get; private set; }

        public int Refused { get; private set; }

        public long Inferences { get; private set; }

        public void Add(IEnumerable<WindowMessage> windows)
        {
            foreach (WindowMessage window in windows)
            {
                LatencyHistogram path = new();
                path.AddSparse(window.Path.Buckets, window.Path.Counts, (long)(window.Path.MaxMicroseconds * 1000));
                Latency.Add(path);
                Samples += window.Due;
                Missed += window.Failed + window.Dropped.Values.Sum();
                Late += LaterThanPeriod(window.Path);
            }
        }

        public void Add(ResponseMessage answer)
        {
            Explained += answer.Explanation is null ? 0 : 1;
            Refused += answer.Explanation is null ? 1 : 0;
            Inferences += answer.Explanation?.Inferences ?? 0;
        }

        private static long LaterThanPeriod(LatencyCounts path) =>
            path.Buckets.Zip(path.Counts).Where(bucket => LatencyHistogram.RangeOf(bucket.First).Low >= PeriodNanoseconds).Sum(bucket => bucket.Second);
    }
}
