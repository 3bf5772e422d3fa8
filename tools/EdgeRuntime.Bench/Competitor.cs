using System.Diagnostics;
using System.Globalization;

namespace EdgeRuntime.Bench;

/// <summary>One program that can run the model, waiting for its turn.</summary>
internal sealed class Competitor : IDisposable
{
    private readonly Process _process;

    private Competitor(string name, Process process, string greeting)
    {
        Name = name;
        _process = process;
        Greeting = greeting;
    }

    public string Name { get; }

    /// <summary>What it said of itself when it was ready.</summary>
    public string Greeting { get; }

    /// <summary>Starts the program and waits until it has loaded the model and run it once.</summary>
    /// <exception cref="BenchException">It ended instead.</exception>
    public static Competitor Start(string name, string program, IEnumerable<string> words, string? nodePath = null)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Programs.Prepare(start, nodePath);
        Process process = Process.Start(start) ?? throw new BenchException($"{program} did not start");
        string? ready = process.StandardOutput.ReadLine();
        return ready is not null && ready.StartsWith("ready ", StringComparison.Ordinal)
            ? new Competitor(name, process, ready["ready ".Length..])
            : throw new BenchException($"{name} did not get ready; its last words stand above");
    }

    /// <summary>Nanoseconds a call, over <paramref name="calls"/> calls measured together.</summary>
    public double Batch(int calls) => double.Parse(Ask($"batch {calls}"), CultureInfo.InvariantCulture);

    /// <summary>p50 and p99 of calls measured one by one, in nanoseconds.</summary>
    public (double P50, double P99) Calls(int calls)
    {
        string[] words = Ask($"calls {calls}").Split(' ');
        double[] values = Array.ConvertAll(words, word => double.Parse(word, CultureInfo.InvariantCulture));
        return (values[0], values[1]);
    }

    /// <summary>
    /// Managed bytes that the whole process allocated over <paramref name="calls"/> calls; ours only.
    /// </summary>
    public double Allocated(int calls) => double.Parse(Ask($"allocated {calls}"), CultureInfo.InvariantCulture);

    /// <summary>Its resident memory now, in megabytes (10^6 bytes).</summary>
    public double Megabytes() => Programs.Resident(_process.Id);

    /// <summary>The bytes of the first output, in hexadecimal.</summary>
    public string Output() => Ask("output");

    /// <inheritdoc/>
    public void Dispose()
    {
        // The end of its input ends it.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new BenchException($"{Name} ended at '{line}'");
    }
}
