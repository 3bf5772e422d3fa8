using System.Globalization;

namespace EdgeRuntime.Fuzz;

/// <summary>What is run.</summary>
internal sealed record FuzzOptions
{
    /// <summary>Names of the targets; empty for all.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Inputs over all targets together. (default: 100,000)</summary>
    public long Inputs { get; init; } = 100_000;

    /// <summary>Longest run of one target, seconds; 0 for no bound. (default: 0)</summary>
    public double Seconds { get; init; }

    /// <summary>The same seed makes the same inputs. (default: 1)</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Targets that run at the same time, each in its process. (default: 1; 1 to 64)</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>One input to run instead, as a finding was saved.</summary>
    public string? Input { get; init; }

    /// <summary>Where findings are saved.</summary>
    public string Output { get; init; } = Path.Combine("artifacts", "fuzz");

    /// <summary>Set in the process that does the work.</summary>
    public bool IsWorker { get; init; }

    /// <summary>Ends a target with its first finding.</summary>
    public bool UntilFound { get; init; }

    /// <summary>Only names the targets.</summary>
    public bool List { get; init; }

    /// <summary>Looks for the planted faults instead.</summary>
    public bool Prove { get; init; }

    /// <summary>Reads the words of the command line; null, with a sentence, when they are wrong.</summary>
    public static FuzzOptions? Parse(string[] words, out string mistake)
    {
        FuzzOptions options = new();
        mistake = "";
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word is "--worker" or "--list" or "--prove" or "--until-found")
            {
                options = word switch
                {
                    "--list" => options with { List = true },
                    "--prove" => options with { Prove = true },
                    "--until-found" => options with { UntilFound = true },
                    _ => options with { IsWorker = true },
                };
                continue;
            }

            if (i + 1 == words.Length)
            {
                mistake = $"{word} needs a value, or is not an option";
                return null;
            }

            string value = words[++i];
            bool good = true;
            switch (word)
            {
                case "--target":
                    options = options with { Targets = [.. options.Targets, .. value.Split(',')] };
                    break;
                case "--inputs":
                    good = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long inputs) && inputs > 0;
                    options = options with { Inputs = inputs };
                    break;
                case "--seconds":
                    good = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds > 0;
                    options = options with { Seconds = seconds };
                    break;
                case "--seed":
                    good = int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int seed);
                    options = options with { Seed = seed };
                    break;
                case "--jobs":
                    good = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int jobs) && jobs is >= 1 and <= 64;
                    options = options with { Jobs = jobs };
                    break;
                case "--input":
                    good = File.Exists(value);
                    options = options with { Input = value };
                    break;
                case "--output":
                    options = options with { Output = value };
                    break;
                default:
                    mistake = $"there is no option '{word}'";
                    return null;
            }

            if (!good)
            {
                mistake = $"{word} cannot be '{value}'";
                return null;
            }
        }

        return options;
    }
}
