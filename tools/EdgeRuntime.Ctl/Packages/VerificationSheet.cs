namespace EdgeRuntime.Ctl.Packages;

/// <summary>Checks, one line each: passed, not made, or failed with the attack that was prevented.</summary>
internal sealed class VerificationSheet(Surroundings around)
{
    private int _failed;

    /// <summary>A check that passed.</summary>
    public void Pass(string check, string said) => Line(around.Green("ok"), "ok", check, said);

    /// <summary>A check that was not made.</summary>
    public void Skip(string check, string why) => Line(around.Faint("-"), "-", check, why);

    /// <summary>A check that failed.</summary>
    /// <param name="lines">What is wrong.</param>
    /// <param name="attack">What would have succeeded without the check.</param>
    public void Fail(string check, IReadOnlyList<string> lines, string attack)
    {
        _failed++;
        Line(around.Red("REFUSED"), "REFUSED", check, $"prevented: {attack}");
        foreach (string line in lines)
        {
            around.Output.WriteLine($"           {"",-10} {Table.Plain(line)}");
        }
    }

    /// <summary>The last line.</summary>
    /// <returns>True when nothing failed.</returns>
    public bool Conclude(string path)
    {
        if (_failed == 0)
        {
            around.Output.WriteLine($"{path}: a device would take it");
            return true;
        }

        around.Errors.WriteLine($"verify: {path}: a device would refuse it");
        return false;
    }

    private void Line(string verdict, string plain, string check, string said) =>
        around.Output.WriteLine($"{verdict}{new string(' ', 10 - plain.Length)} {check,-10} {Table.Plain(said)}");
}
