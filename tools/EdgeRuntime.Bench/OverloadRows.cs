using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Bench;

/// <summary>Rows about overload: samples at three times what the model can do, for a minute.</summary>
internal static class OverloadRows
{
    private const string Policy = "latest_only";
    private const string Seconds = "60";
    private const double BytesInMegabyte = 1_000_000;

    public static void Add(SuiteOptions options, Figures figures, string scratch)
    {
        const string Unaccounted = "overload, samples unaccounted for";
        const string Age = "overload, age of decisions p99 / inference p50";
        const string Growth = "overload, growth of resident memory";
        if (options.Material is not { } material)
        {
            figures.Add(new Figure(Unaccounted, null, "samples", "no material", 0));
            figures.Add(new Figure(Age, null, "x", "no material", 2));
            return;
        }

        string frames = Path.Combine(scratch, "overload-frames.bin");
        File.WriteAllBytes(frames, MemoryMarshal.AsBytes<double>(StepRows.KeywordFrames(material)).ToArray());
        double[] said = Run(["overload", Policy, Keywords.ModelIn(material), frames, options.Library, Seconds]);
        (double due, double served, double dropped) = (said[0], said[1], said[2]);
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"kws, {Policy}, one sample every third of an inference for {Seconds} s: {due:N0} due, {served:N0} served, {dropped:N0} dropped; "
                + $"age p50 {said[3] / 1000:F1} us, p99 {said[4] / 1000:F1} us; inference p50 {said[5] / 1000:F1} us, p99 {said[6] / 1000:F1} us");
        figures.Add(new Figure("overload, due / served", due / served, "x", how));
        figures.Add(new Figure(Unaccounted, Math.Abs(due - served - dropped), "samples", how, 0));
        figures.Add(new Figure(Age, said[4] / said[5], "x", how, 2));
        figures.Add(new Figure("overload, age of decisions p99 / inference p99", said[4] / said[6], "x", how));
        figures.Add(new Figure(
            Growth, (said[8] - said[7]) / BytesInMegabyte, "MB",
            $"VmRSS after {Seconds} s against two seconds after the start, {said[8] / BytesInMegabyte:F1} MB; {said[9]:N0} managed bytes, "
                + "the looks at it included", 1));
    }

    private static double[] Run(string[] words)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, words) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. said.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))]
            : throw new BenchException($"the overload run ended with {process.ExitCode}");
    }
}
