using System.Globalization;

namespace EdgeRuntime.Statistics.Detectors;

/// <summary>One parameter of a kind of detector.</summary>
/// <param name="Name">As people write it.</param>
/// <param name="Default">What it is when nothing is said.</param>
/// <param name="Least">The smallest that it may be.</param>
/// <param name="Most">The largest that it may be.</param>
/// <param name="Meaning">Half a sentence.</param>
public sealed record DetectorParameter(string Name, double Default, double Least, double Most, string Meaning)
{
    /// <summary>True when it is a whole number.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Names of the values 0, 1 and so on; empty for a number.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What other libraries call it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>True when people may write the name so.</summary>
    public bool IsCalled(string name) => name == Name || Aliases.Contains(name);

    /// <summary>A value as people write it.</summary>
    public string Shown(double value) =>
        Choices.Count > 0 ? Choices[(int)value] : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What it may be, in words.</summary>
    public string Range => Choices.Count > 0 ? string.Join(" or ", Choices) : $"{Shown(Least)} to {Shown(Most)}";

    /// <summary>Reads a value.</summary>
    /// <param name="mistake">What is wrong with it; empty when nothing is.</param>
    public double Parse(string text, out string mistake)
    {
        int choice = Choices.ToList().IndexOf(text);
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        mistake = Choices.Count > 0
            ? choice >= 0 ? "" : $"{Name} '{text}': it may be {Range}"
            : !isNumber ? $"{Name} '{text}': is not a number"
            : IsWhole && value != Math.Floor(value) ? $"{Name} {text}: is not a whole number"
            : !(value >= Least && value <= Most) ? $"{Name} {text}: is outside {Range}"
            : "";
        return mistake.Length > 0 ? Default : Choices.Count > 0 ? choice : value;
    }
}
