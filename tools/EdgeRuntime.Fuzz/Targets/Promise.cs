using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What every reader of written files promises, checked after each input.</summary>
internal static class Promise
{
    private const int LongestLine = 4096;

    /// <summary>A null comes with a mistake and a value with none; the lines can be shown in a terminal.</summary>
    /// <returns>True when the input was accepted.</returns>
    public static bool Kept(object? value, Mistakes mistakes)
    {
        Require(value is null == mistakes.Any, $"a {(value is null ? "null" : "value")} came with {mistakes.Found} mistakes");
        return Shown(mistakes) && value is not null;
    }

    /// <summary>The lines can be shown in a terminal: short, and nothing in them is obeyed there.</summary>
    public static bool Shown(Mistakes mistakes)
    {
        foreach (string line in mistakes.Lines())
        {
            Require(line.Length <= LongestLine, $"a mistake has a line of {line.Length} characters");
            Require(!line.Any(char.IsControl), $"a mistake's line holds a control character: {Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(line))}");
        }

        return true;
    }

    public static void Require(bool kept, string otherwise)
    {
        if (!kept)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
