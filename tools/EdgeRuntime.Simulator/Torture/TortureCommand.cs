using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EdgeRuntime.Simulator.Torture;

/// <summary><c>edge-simulator</c>: tries all that can go wrong with an update, and counts.</summary>
internal static class TortureCommand
{
    private const int Failed = 1;
    private const int BadUsage = 64;

    public static int Run(string[] words, TextWriter output, TextWriter errors)
    {
        if (Parse(words, out string? mistake) is not { } options)
        {
            errors.WriteLine($"edge-simulator: {mistake}");
            return BadUsage;
        }

        // Stories end, and points fail, at the same time.
        TextWriter lines = TextWriter.Synchronized(output);
        TortureReport report = new(lines.WriteLine, options.Seed);
        Run(options, report, lines);
        return report.AllPassed ? 0 : Failed;
    }

    /// <summary>Tries everything the options want.</summary>
    /// <param name="output">Written to by several threads where the options want several jobs.</param>
    public static void Run(TortureOptions options, TortureReport report, TextWriter output)
    {
        List<Action> jobs = [.. Stories.All
            .Where(story => options.Only != "storms" && (options.Story ?? story.Name) == story.Name)
            .Select<Story, Action>(story => () => RunStory(story, options, report, output))];
        if (options.Story is null && options.Only is null or "storms")
        {
            jobs.Add(() => RunStorms(options, report, output));
        }

        // One by one and not in ranges: stories are not of one length.
        Parallel.ForEach(
            Partitioner.Create(jobs, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = options.Jobs },
            job => job());

        foreach ((string kind, (long tried, long passed)) in report.Kinds)
        {
            output.WriteLine($"{kind}: {passed} of {tried} passed");
        }

        (long first, long good) = report[CrashPoints.Kind];
        (long again, long goodAgain) = report[CrashPoints.AgainKind];
        output.WriteLine($"crash points: {good + goodAgain} of {first + again} passed, seed {options.Seed}");
    }

    private static void RunStory(Story story, TortureOptions options, TortureReport report, TextWriter output)
    {
        long start = Stopwatch.GetTimestamp();
        TortureReport part = report.Part();
        RunStory(story, options, part);
        (long tried, long passed) = part.Sum;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{story.Name}: {passed} of {tried} passed, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"));
        lock (report)
        {
            report.Add(part);
        }
    }

    private static void RunStorms(TortureOptions options, TortureReport report, TextWriter output)
    {
        TortureReport part = report.Part();
        MessageStorms storms = new(options, part);
        storms.Run();
        output.WriteLine($"effect counter: {storms.Most.Effects} after {storms.Most.Messages} messages");
        lock (report)
        {
            report.Add(part);
        }
    }

    private static void RunStory(Story story, TortureOptions options, TortureReport report)
    {
        if (options.Only is null or "crashes")
        {
            new CrashPoints(options, report).Run(story);
        }

        if (options.Only is null or "faults")
        {
            new DiskFaults(options, report).Run(story);
        }

        if (options.Only is "flips" || (options.Only is null && story.IsSpoilt))
        {
            new FlippedBits(options, report).Run(story);
        }

        if (options.Only is null or "clocks")
        {
            new ClockJumps(options, report).Run(story);
        }
    }

    private static TortureOptions? Parse(string[] words, out string? mistake)
    {
        TortureOptions options = new() { Jobs = Environment.ProcessorCount };
        mistake = null;
        for (int i = 0; i < words.Length; i++)
        {
            string value = i + 1 < words.Length ? words[i + 1] : "";
            string[] numbers = value.Split(',');
            switch (words[i])
            {
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out int seed):
                    options = options with { Seed = seed };
                    break;
                case "--story" when Stories.All.Any(story => story.Name == value):
                    options = options with { Story = value };
                    break;
                case "--only" when value is "crashes" or "faults" or "flips" or "clocks" or "storms":
                    options = options with { Only = value };
                    break;
                case "--jobs" when int.TryParse(value, CultureInfo.InvariantCulture, out int jobs) && jobs > 0:
                    options = options with { Jobs = jobs };
                    break;
                case "--stride" when int.TryParse(value, CultureInfo.InvariantCulture, out int stride) && stride > 0:
                    options = options with { Stride = stride };
                    break;
                case "--point" when numbers.Length is 1 or 2 && numbers.All(number => int.TryParse(number, CultureInfo.InvariantCulture, out _)):
                    int[] points = [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
                    options = options with { First = points[0], Second = points.Length > 1 ? points[1] : null };
                    break;
                default:
                    mistake = $"'{words[i]} {value}' is not understood";
                    return null;
            }

            i++;
        }

        return options;
    }
}
