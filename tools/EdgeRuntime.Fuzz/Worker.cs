using System.Globalization;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Fuzz.Targets;

namespace EdgeRuntime.Fuzz;

/// <summary>Fuzzes one target in a process of its own. Called in the instrumented world.</summary>
public static class Worker
{
    /// <summary>Runs, and prints findings and one line of counts for <see cref="Supervisor"/>.</summary>
    /// <param name="arguments">As given to the program.</param>
    /// <param name="words">Texts of the code under test.</param>
    /// <param name="blocks">Instrumented basic blocks.</param>
    public static int Run(string[] arguments, string[] words, int blocks)
    {
        FuzzOptions options = FuzzOptions.Parse(arguments, out _)!;
        Target target = AllTargets.Named(options.Targets[0])!;
        using LastInput last = LastInput.Create(options.Output, target.Name);
        Campaign campaign = new(target, new Words(words), options, last);
        if (options.Input is not null)
        {
            byte[] input = File.ReadAllBytes(options.Input);
            campaign.Watch();
            string outcome = campaign.Run(input) is { } finding ? $"{finding.Kind}: {finding.What}" : campaign.LastOutcome;
            Console.WriteLine($"{target.Name}: {input.Length} bytes: {outcome}");
            return campaign.Findings;
        }

        campaign.Fuzz();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"counts {campaign.Ran} {campaign.Accepted} {campaign.Corpus} {campaign.Edges} {blocks} {campaign.Seconds:0.0} {campaign.Slowest:0.0} {campaign.MostBytes} {ResidentMemory.Peak()}"));
        return 0;
    }
}
