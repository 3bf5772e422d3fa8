using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Verbs;

/// <summary>The words after one verb: <c>--name value</c>, <c>--name=value</c>, flags, and files where the verb takes them.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];

    private Options()
    {
    }

    /// <summary>True when <c>--help</c> was among them.</summary>
    public bool Help { get; private set; }

    /// <summary>Words that are no options, in their order.</summary>
    public IReadOnlyList<string> Files => _files;

    public string? this[string name] => _values.GetValueOrDefault(name);

    public bool Has(string flag) => _values.ContainsKey(flag);

    /// <summary>Reads options.</summary>
    /// <param name="valued">Names that take a value.</param>
    /// <param name="flags">Names that do not.</param>
    /// <param name="mistake">What is wrong, as a sentence; empty when the result is not null.</param>
    /// <param name="takesFiles">Whether words that are no options are files; after <c>--</c> all are.</param>
    public static Options? Parse(
        ReadOnlySpan<string> words, ReadOnlySpan<string> valued, ReadOnlySpan<string> flags, out string mistake, bool takesFiles = false)
    {
        // Asked for help, the rest need not be right: whoever asks may not know how.
        if (words.Contains("--help") || words.Contains("-h"))
        {
            mistake = "";
            return new Options { Help = true };
        }

        Options options = new();
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (takesFiles && word == "--")
            {
                options._files.AddRange(words[(i + 1)..]);
                break;
            }

            if (takesFiles && !word.StartsWith('-'))
            {
                options._files.Add(word);
                continue;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? word[..equals] : word;
            string? value = equals > 0 ? word[(equals + 1)..] : null;
            mistake = Objection(name, value, valued, flags, options);
            if (mistake.Length > 0)
            {
                return null;
            }

            if (valued.Contains(name) && value is null)
            {
                // An option in the place of a value is a value that was forgotten.
                string? next = i + 1 < words.Length ? words[++i] : null;
                if (next is null || next.Length == 0 || valued.Contains(next) || flags.Contains(next))
                {
                    mistake = $"{name} needs a value";
                    return null;
                }

                value = next;
            }

            options._values[name] = value ?? "";
        }

        mistake = "";
        return options;
    }

    private static string Objection(
        string name, string? value, ReadOnlySpan<string> valued, ReadOnlySpan<string> flags, Options read)
    {
        if (!valued.Contains(name) && !flags.Contains(name))
        {
            string[] known = [.. valued, .. flags, "--help"];
            return name.StartsWith('-')
                ? $"there is no option '{name}' here{Spelling.Hint(name, known)}"
                : $"'{name}' stands where an option was expected; there are {string.Join(", ", known)}";
        }

        return flags.Contains(name) && value is not null ? $"{name} takes no value"
            : value is { Length: 0 } ? $"{name} needs a value"
            : read._values.ContainsKey(name) ? $"{name} is given twice"
            : "";
    }
}
