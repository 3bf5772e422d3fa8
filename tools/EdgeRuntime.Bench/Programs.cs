using System.Diagnostics;
using System.Globalization;

namespace EdgeRuntime.Bench;

/// <summary>Whole programs as figures: how long one takes from start to end, and how much memory one holds.</summary>
internal static class Programs
{
    private const double BytesInMegabyte = 1_000_000;
    private const int BytesInKilobyte = 1024;

    /// <summary>Milliseconds from starting the program to its end; it must print something and succeed.</summary>
    public static double Milliseconds(string program, IEnumerable<string> words, string nodePath)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true };
        Prepare(start, nodePath);
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new BenchException($"{program} did not start");
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        return process.ExitCode == 0 && said.Length > 0
            ? elapsed
            : throw new BenchException($"{program} ended with {process.ExitCode}");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, and all that it printed and complained of.</returns>
    public static (int Code, string Said, string Complaint) Words(string program, IEnumerable<string> words)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        Prepare(start, nodePath: null);
        using Process process = Process.Start(start) ?? throw new BenchException($"{program} did not start");
        Task<string> complaint = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said, complaint.Result);
    }

    /// <summary>As <see cref="Usage"/>, the memory alone.</summary>
    public static double[] Megabytes(
        string program, IEnumerable<string> words, SuiteOptions options, Action<Process> whenReady, int seconds) =>
        Usage(program, words, options, whenReady, seconds).Megabytes;

    /// <summary>
    /// Starts a program that stays, waits until it works, and takes its resident memory once a second.
    /// </summary>
    /// <param name="whenReady">Returns once the program works.</param>
    /// <returns>
    /// Megabytes (10^6 bytes), and the processor time as a share of one core; the first two seconds left out of both.
    /// </returns>
    public static (double[] Megabytes, double CpuShare) Usage(
        string program, IEnumerable<string> words, SuiteOptions options, Action<Process> whenReady, int seconds)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        Prepare(start, options.NodePath);
        using Process process = Process.Start(start) ?? throw new BenchException($"{program} did not start");
        try
        {
            // What it prints is thrown away, so that a full pipe does not stop it.
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            whenReady(process);
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            using PeriodicTimer tick = new(TimeSpan.FromSeconds(1));
            double[] samples = new double[seconds];
            TimeSpan busy = TimeSpan.Zero;
            long begin = 0;
            for (int i = -2; i < seconds; i++)
            {
                tick.WaitForNextTickAsync().AsTask().Wait();
                if (i >= 0)
                {
                    samples[i] = Resident(process.Id);
                }
                else
                {
                    process.Refresh();
                    (busy, begin) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
                }
            }

            process.Refresh();
            return (samples, (process.TotalProcessorTime - busy) / Stopwatch.GetElapsedTime(begin));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>
    /// What every program here is started with. Without ONNX Runtime's telemetry, which our binding turns off and which
    /// costs time and memory: nobody shall win by it.
    /// </summary>
    public static void Prepare(ProcessStartInfo start, string? nodePath)
    {
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        if (nodePath is not null)
        {
            start.Environment["NODE_PATH"] = nodePath;
        }
    }

    /// <summary>Copies a directory and all below it.</summary>
    public static void CopyTree(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Resident memory of a process (VmRSS), in megabytes.</summary>
    public static double Resident(int process)
    {
        const string Field = "VmRSS:";
        string line = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith(Field, StringComparison.Ordinal));
        string kilobytes = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal);
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) * BytesInKilobyte / BytesInMegabyte;
    }
}
