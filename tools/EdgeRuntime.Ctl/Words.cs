using System.Globalization;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl;

/// <summary>The words after a verb: files, and options with one value each or none.</summary>
internal sealed class Words
{
    private readonly Dictionary<string, List<string>> _options = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];

    private Words()
    {
    }

    /// <summary>What stands outside the options, in order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Mistakes found while the values were read; empty when there were none.</summary>
    public List<string> Mistakes { get; } = [];

    /// <summary>Takes the words apart; unknown options and missing values are noted in <see cref="Mistakes"/>.</summary>
    public static Words Parse(IReadOnlyList<string> words, string[] valued, string[] flags)
    {
        Words read = new();
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? word[..equals] : word;
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                read._files.Add(word);
            }
            else if (flags.Contains(word))
            {
                read.Add(word, "");
            }
            else if (!valued.Contains(name))
            {
                read.Mistakes.Add($"there is no option '{name}' here{Spelling.Hint(name, [.. valued, .. flags])}");
            }
            else if (equals > 0)
            {
                read.Add(name, word[(equals + 1)..]);
            }
            else if (i + 1 < words.Count)
            {
                read.Add(name, words[++i]);
            }
            else
            {
                read.Mistakes.Add($"{name} needs a value after it");
            }
        }

        return read;
    }

    /// <summary>True when the flag or option is there.</summary>
    public bool Has(string name) => _options.ContainsKey(name);

    /// <summary>An option's value, or null; the last one when it is given several times.</summary>
    public string? Text(string name) => _options.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    /// <summary>Every value of an option that may be given several times.</summary>
    public IReadOnlyList<string> All(string name) => _options.GetValueOrDefault(name) ?? [];

    /// <summary>An option's value, which must be there.</summary>
    public string Required(string name)
    {
        if (Text(name) is string value)
        {
            return value;
        }

        Mistakes.Add($"{name} is missing");
        return "";
    }

    /// <summary>An option's value as a number; the option must be there.</summary>
    public double Number(string name)
    {
        Required(name);
        return Number(name, 1);
    }

    /// <summary>An option's value as a number.</summary>
    public double Number(string name, double absent) => Number(name, (double?)absent) ?? absent;

    /// <summary>An option's value as a number, or what stands for its absence.</summary>
    public double? Number(string name, double? absent)
    {
        if (Text(name) is not string text)
        {
            return absent;
        }

        const NumberStyles Style = NumberStyles.Float;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
        {
            return value;
        }

        Mistakes.Add($"{name} {text}: is not a number");
        return absent;
    }

    /// <summary>An option's value as a whole number of 0 or more.</summary>
    public ulong Whole(string name, ulong absent)
    {
        if (Text(name) is not string text)
        {
            return absent;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return value;
        }

        Mistakes.Add($"{name} {text}: is not a whole number of 0 or more");
        return absent;
    }

    /// <summary>Notes a mistake unless there are exactly as many files as a verb takes.</summary>
    /// <param name="names">What they are, as the usage calls them.</param>
    public IReadOnlyList<string> RequiredFiles(params string[] names)
    {
        if (_files.Count == names.Length)
        {
            return _files;
        }

        Mistakes.Add(_files.Count < names.Length
            ? $"{names[_files.Count]} is missing"
            : $"'{_files[names.Length]}' is one word too many");
        return [.. _files.Take(names.Length), .. names.Skip(_files.Count)];
    }

    /// <summary>Ends the verb when there are mistakes.</summary>
    /// <exception cref="CommandException">There are.</exception>
    public void Check()
    {
        if (Mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.Usage, [.. Mistakes]);
        }
    }

    private void Add(string name, string value)
    {
        if (!_options.TryGetValue(name, out List<string>? values))
        {
            values = [];
            _options[name] = values;
        }

        values.Add(value);
    }
}
