namespace EdgeRuntime.Device.Verbs;

/// <summary>The options of one verb: <c>--name value</c>, <c>--name=value</c> and flags.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Options()
    {
    }

    /// <summary>True when <c>--help</c> was among them.</summary>
    public bool Help { get; private set; }

    public string? this[string name] => _values.GetValueOrDefault(name);

    public bool Has(string flag) => _values.ContainsKey(flag);

    /// <summary>Reads options.</summary>
    /// <param name="valued">Names that take a value.</param>
    /// <param name="flags">Names that do not.</param>
    /// <param name="mistake">What is wrong, as a sentence; empty when the result is not null.</param>
    public static Options? Parse(
        ReadOnlySpan<string> words, ReadOnlySpan<string> valued, ReadOnlySpan<string> flags, out string mistake)
    {
        Options options = new();
        mistake = "";
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? word[..equals] : word;
            if (name is "--help" or "-h")
            {
                options.Help = true;
            }
            else if (flags.Contains(name) && equals < 0)
            {
                options._values[name] = "";
            }
            else if (!valued.Contains(name))
            {
                mistake = $"there is no option '{word}' here";
                return null;
            }
            else if (equals > 0)
            {
                options._values[name] = word[(equals + 1)..];
            }
            else if (i + 1 < words.Length)
            {
                options._values[name] = words[++i];
            }
            else
            {
                mistake = $"{name} needs a value";
                return null;
            }
        }

        return options;
    }
}
