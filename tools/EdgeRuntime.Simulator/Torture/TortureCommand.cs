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

        TortureReport report = new(output.WriteLine, options.Seed);
        Run(options, report, output);
        return report.AllPassed ? 0 : Failed;
    }

    /// <summary>Tries everything the options want.</summary>
    public static void Run(TortureOptions options, TortureReport report, TextWriter output)
    {
        foreach (Story story in Stories.All.Where(story => options.Only != "storms" && (options.Story ?? story.Name) == story.Name))
        {
            long start = Stopwatch.GetTimestamp();
            (long Tried, long Passed) before = report.Sum;
            RunStory(story, options, report);
            (long tried, long passed) = (report.Sum.Tried - before.Tried, report.Sum.Passed - before.Passed);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{story.Name}: {passed} of {tried} passed, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"));
        }

        if (options.Story is null && options.Only is null or "storms")
        {
            MessageStorms storms = new(options, report);
            storms.Run();
            output.WriteLine($"effect counter: {storms.Most.Effects} after {storms.Most.Messages} messages");
        }

        foreach ((string kind, (long tried, long passed)) in report.Kinds)
        {
            output.WriteLine($"{kind}: {passed} of {tried} passed");
        }

        (long first, long good) = report[CrashPoints.Kind];
        (long again, long goodAgain) = report[CrashPoints.AgainKind];
        output.WriteLine($"crash points: {good + goodAgain} of {first + again} passed, seed {options.Seed}");
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
        TortureOptions options = new();
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
