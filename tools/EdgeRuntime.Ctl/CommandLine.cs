using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl;

/// <summary>Finds the verb of a command line, runs it, and turns what went wrong into sentences and a code.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] words, Surroundings around, CancellationToken stop)
    {
        switch (words)
        {
            case []:
                PrintVerbs(around.Errors);
                return ExitCode.Usage;
            case ["help" or "--help" or "-h"]:
                PrintVerbs(around.Output);
                return ExitCode.Done;
            case ["version" or "--version"]:
                around.Output.WriteLine(VersionLine());
                return ExitCode.Done;
            case ["help", .. string[] rest]:
                words = [.. rest, "--help"];
                break;
        }

        Verb? verb = Verbs.All.FirstOrDefault(verb => IsOf(verb, words));
        if (verb is null)
        {
            return Unknown(words, around.Errors);
        }

        string[] after = words[verb.Name.Split(' ').Length..];
        if (after.Contains("--help") || after.Contains("-h"))
        {
            around.Output.WriteLine(verb.Usage.TrimEnd());
            around.Output.WriteLine();
            around.Output.WriteLine("example:");
            foreach (string line in verb.Example.Split('\n'))
            {
                around.Output.WriteLine($"  {line}");
            }

            return ExitCode.Done;
        }

        return await RunAsync(verb, after, around, stop);
    }

    private static async Task<int> RunAsync(
        Verb verb, IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        try
        {
            return await verb.Run(words, around, stop);
        }
        catch (CommandException e)
        {
            foreach (string line in e.Lines)
            {
                around.Errors.WriteLine($"{verb.Name}: {line}");
            }

            if (e.ExitCode == ExitCode.Usage)
            {
                around.Errors.WriteLine($"'edgectl {verb.Name} --help' shows how it is used");
            }

            return e.ExitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException e)
        {
            // What reads our output has gone (a closed pipe), or the disk behind it is full.
            around.Errors.WriteLine($"{verb.Name}: {e.Message}");
            return ExitCode.CannotCreate;
        }
    }

    private static bool IsOf(Verb verb, string[] words)
    {
        string[] name = verb.Name.Split(' ');
        return words.Length >= name.Length && words.AsSpan(0, name.Length).SequenceEqual(name);
    }

    private static int Unknown(string[] words, TextWriter errors)
    {
        string asked = words[0];
        IEnumerable<string[]> names = Verbs.All.Select(verb => verb.Name.Split(' '));
        string[] second = [.. names.Where(name => name[0] == asked).Select(name => name[1])];
        if (second.Length == 0)
        {
            string[] known = [.. Verbs.All.Select(verb => verb.Name.Split(' ')[0]).Distinct()];
            errors.WriteLine($"there is no verb '{asked}'{Spelling.Hint(asked, known)}");
        }
        else if (words.Length == 1 || words[1].StartsWith('-'))
        {
            errors.WriteLine($"{asked}: say what: {string.Join(", ", second)}");
        }
        else
        {
            errors.WriteLine($"{asked}: there is no '{words[1]}'{Spelling.Hint(words[1], second)}");
        }

        errors.WriteLine("'edgectl --help' lists the verbs");
        return ExitCode.Usage;
    }

    private static void PrintVerbs(TextWriter to)
    {
        to.WriteLine("edgectl: keys, packages, recordings and rollouts of an edge fleet");
        to.WriteLine();
        foreach (IGrouping<string, Verb> group in Verbs.All.GroupBy(Verbs.GroupOf))
        {
            to.WriteLine(group.Key);
            foreach (Verb verb in group)
            {
                to.WriteLine($"  {verb.Name,-16} {verb.Summary}");
            }

            to.WriteLine();
        }

        to.WriteLine("'edgectl VERB --help' explains a verb. The fleet is at --fleet URL, else $EDGE_FLEET, else");
        to.WriteLine($"{Fleet.FleetAddress.Default}. Exit codes are those of sysexits.h.");
    }

    private static string VersionLine()
    {
        Version version = typeof(CommandLine).Assembly.GetName().Version ?? new Version(0, 0, 0);
        return $"edgectl {version.ToString(3)} (ONNX Runtime binding: {Onnx.OnnxEnvironment.Binding})";
    }
}
