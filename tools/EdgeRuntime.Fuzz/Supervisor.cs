using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Fuzz.Targets;

namespace EdgeRuntime.Fuzz;

/// <summary>Gives every target a process, so that a crash or a hang is a finding and not the end; sums up.</summary>
internal static class Supervisor
{
    /// <summary>Exit code of a worker whose input took too long.</summary>
    public const int HangCode = 86;

    /// <summary>Exit code of a worker that held more memory than any may.</summary>
    public const int MemoryCode = 87;

    private const int MostDeaths = 5;

    /// <summary>Runs all targets.</summary>
    /// <returns>0 without findings, else 1.</returns>
    public static int Run(FuzzOptions options)
    {
        Target[] targets = [.. options.Targets.Count == 0 ? AllTargets.All : options.Targets.Select(name => AllTargets.Named(name)!)];
        if (options.Input is not null)
        {
            Tally one = new(targets[0].Name);
            Death? death = Start(targets[0], options, 1, options.Seed, one);
            return death is null && one.Findings == 0 ? 0 : 1;
        }

        double weights = targets.Sum(target => target.Weight);
        WriteHeading();
        Tally[] tallies = [.. targets.Select(target => new Tally(target.Name))];

        // One by one and not in ranges: targets are not of one speed.
        OrderablePartitioner<int> each = Partitioner.Create(Enumerable.Range(0, targets.Length), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(each, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, i =>
        {
            long inputs = Math.Max(1, (long)Math.Ceiling(options.Inputs * targets[i].Weight / weights));
            RunAll(targets[i], options, inputs, tallies[i], MostDeaths);
            Console.WriteLine(tallies[i]);
        });
        long findings = tallies.Sum(tally => (long)tally.Findings);
        double seconds = tallies.Sum(tally => tally.Seconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{tallies.Sum(tally => tally.Ran)} inputs over {targets.Length} targets in {seconds:0} s, {findings} findings"));
        return findings == 0 ? 0 : 1;
    }

    /// <summary>Looks for every planted fault.</summary>
    /// <returns>0 when each was found, and as what it is.</returns>
    public static int Prove(FuzzOptions options)
    {
        const long Inputs = 4_000_000;
        int missed = 0;
        options = options with { Output = Path.Combine(options.Output, "planted"), UntilFound = true };
        WriteHeading();
        foreach ((Target target, string kind) in PlantedFaults.All)
        {
            Tally tally = new(target.Name);
            RunAll(target, options, Inputs, tally, mostDeaths: 1);
            Console.WriteLine(tally);
            if (!tally.Kinds.SetEquals([kind]))
            {
                missed++;
                Console.WriteLine($"{target.Name}: {(tally.Kinds.Count == 0 ? "nothing was found" : $"found as {string.Join(", ", tally.Kinds)}")}, where {kind} is planted");
            }
        }

        Console.WriteLine(missed == 0 ? $"all {PlantedFaults.All.Count} planted faults were found" : $"{missed} of {PlantedFaults.All.Count} planted faults were missed");
        return missed == 0 ? 0 : 1;
    }

    private static void WriteHeading() =>
        Console.WriteLine($"{"target",-19} {"inputs",9} {"a second",9} {"accepted",9} {"kept",6} {"edges",6} {"slowest ms",10} {"most KiB",9} {"peak MiB",9} {"findings",8}");

    // A process that dies is followed by another with other inputs, so that one fault does not hide the next.
    private static void RunAll(Target target, FuzzOptions options, long inputs, Tally tally, int mostDeaths)
    {
        int seed = options.Seed;
        int deaths = 0;
        for (long left = inputs; left > 0;)
        {
            long before = tally.Ran;
            if (Start(target, options, left, seed, tally) is not Death death)
            {
                break;
            }

            tally.Died(death, options.Output);
            left -= Math.Max(1, tally.Ran - before);
            seed += 1_000_003;
            if (++deaths == mostDeaths)
            {
                Console.WriteLine($"{target.Name}: given up after {deaths} crashes or hangs");
                break;
            }
        }
    }

    private sealed record Death(int Code, long Number, byte[] Input);

    private static Death? Start(Target target, FuzzOptions options, long inputs, int seed, Tally tally)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] words =
        [
            "--worker", "--target", target.Name, "--inputs", inputs.ToString(CultureInfo.InvariantCulture), "--seed",
            seed.ToString(CultureInfo.InvariantCulture), "--output", options.Output,
            .. options.Seconds > 0 ? ["--seconds", options.Seconds.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
            .. options.UntilFound ? ["--until-found"] : Array.Empty<string>(),
            .. options.Input is string input ? ["--input", input] : Array.Empty<string>(),
        ];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        // One input's memory is bounded by its target; this bounds what a native library may take beside it.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x60000000";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        using Process worker = Process.Start(start)!;
        Task<string> errors = worker.StandardError.ReadToEndAsync();
        while (worker.StandardOutput.ReadLine() is string line)
        {
            tally.Hear(line);
        }

        worker.WaitForExit();
        if (worker.ExitCode == 0 || options.Input is not null && worker.ExitCode < HangCode)
        {
            return null;
        }

        (long number, byte[] bytes) = LastInput.Read(options.Output, target.Name);
        tally.Error = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(line => line.Length > 3) ?? "";
        return new Death(worker.ExitCode, number, bytes);
    }

    private sealed class Tally(string target)
    {
        public long Ran { get; private set; }

        public HashSet<string> Kinds { get; } = [];

        public int Findings { get; private set; }

        public double Seconds { get; private set; }

        public string Error { get; set; } = "";

        private long Accepted { get; set; }

        private int Kept { get; set; }

        private int Edges { get; set; }

        private double Slowest { get; set; }

        private long MostBytes { get; set; }

        private long Peak { get; set; }

        public void Hear(string line)
        {
            if (line.StartsWith("counts ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                Ran += long.Parse(words[1], CultureInfo.InvariantCulture);
                Accepted += long.Parse(words[2], CultureInfo.InvariantCulture);
                Kept = Math.Max(Kept, int.Parse(words[3], CultureInfo.InvariantCulture));
                Edges = Math.Max(Edges, int.Parse(words[4], CultureInfo.InvariantCulture));
                Seconds += double.Parse(words[6], CultureInfo.InvariantCulture);
                Slowest = Math.Max(Slowest, double.Parse(words[7], CultureInfo.InvariantCulture));
                MostBytes = Math.Max(MostBytes, long.Parse(words[8], CultureInfo.InvariantCulture));
                Peak = Math.Max(Peak, long.Parse(words[9], CultureInfo.InvariantCulture));
                return;
            }

            if (line.StartsWith("finding ", StringComparison.Ordinal))
            {
                Findings++;
                Kinds.Add(line.Split(": ", 3)[1]);
            }

            Console.WriteLine(line);
        }

        public void Died(Death death, string output)
        {
            Ran += death.Number + 1;
            Findings++;
            Finding finding = death.Code switch
            {
                HangCode => new Finding(target, "hang", $"{death.Input.Length} bytes took longer than the target allows"),
                MemoryCode => new Finding(target, "memory", $"the process held more than {ResidentMemory.Most} bytes"),
                _ => new Finding(target, "crash", $"the process ended with {death.Code}: {Error}"),
            };
            Kinds.Add(finding.Kind);
            Console.WriteLine("finding " + finding.Line(finding.Save(output, death.Input)));
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{target,-19} {Ran,9} {Ran / Math.Max(Seconds, 0.001),9:0} {Accepted,9} {Kept,6} {Edges,6} {Slowest,10:0.0} {MostBytes / 1024,9} {Peak / 1048576,9} {Findings,8}");
    }
}
