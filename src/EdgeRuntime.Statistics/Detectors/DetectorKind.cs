namespace EdgeRuntime.Statistics.Detectors;

/// <summary>A kind of detector, with all that can be said about one when it is made by name.</summary>
public sealed class DetectorKind
{
    private readonly Func<DetectorSettings, double[], IDriftDetector> _create;

    internal DetectorKind(
        string name,
        string summary,
        IReadOnlyList<DetectorParameter> parameters,
        Func<DetectorSettings, double[], IDriftDetector> create)
    {
        Name = name;
        Summary = summary;
        Parameters = parameters;
        _create = create;
    }

    /// <summary>As people write it, such as <c>page_hinkley</c>.</summary>
    public string Name { get; }

    /// <summary>Half a sentence.</summary>
    public string Summary { get; }

    /// <summary>All parameters, with defaults and ranges.</summary>
    public IReadOnlyList<DetectorParameter> Parameters { get; }

    /// <summary>True for detectors of error bits, which take 0 and 1.</summary>
    public bool TakesBits { get; internal init; }

    /// <summary>True when it compares with a reference, and so needs one.</summary>
    public bool NeedsReference { get; internal init; }

    /// <summary>True when <see cref="DetectorCalibration"/> can give it a wanted run time.</summary>
    public bool IsCalibrated { get; internal init; }

    /// <summary>Makes one.</summary>
    /// <param name="settings">Read for this kind.</param>
    /// <param name="reference">What values look like without a change; empty for kinds that need none.</param>
    public IDriftDetector Create(DetectorSettings settings, double[] reference) => _create(settings, reference);
}

/// <summary>Values for the parameters of a kind of detector.</summary>
public sealed class DetectorSettings
{
    private readonly Dictionary<string, double> _values;

    private DetectorSettings(Dictionary<string, double> values) => _values = values;

    /// <summary>The value of a parameter, given or by default.</summary>
    public double this[string name] => _values[name];

    /// <summary>Reads what people wrote.</summary>
    /// <param name="given">Names and values; of several for one name the last counts.</param>
    /// <param name="mistakes">Gets one sentence for each mistake; what is wrong has its default then.</param>
    public static DetectorSettings Read(
        DetectorKind kind, IEnumerable<KeyValuePair<string, string>> given, ICollection<string> mistakes)
    {
        Dictionary<string, double> values = kind.Parameters.ToDictionary(each => each.Name, each => each.Default);
        foreach ((string name, string text) in given)
        {
            if (kind.Parameters.FirstOrDefault(each => each.IsCalled(name)) is not { } parameter)
            {
                string known = kind.Parameters.Count == 0 ? "it has none" : string.Join(", ", kind.Parameters.Select(each => each.Name));
                mistakes.Add($"{kind.Name} has no parameter '{name}'; {known}");
                continue;
            }

            values[parameter.Name] = parameter.Parse(text, out string mistake);
            if (mistake.Length > 0)
            {
                mistakes.Add(mistake);
            }
        }

        return new DetectorSettings(values);
    }

    internal int Whole(string name) => (int)_values[name];

    internal bool Flag(string name) => _values[name] > 0;
}
