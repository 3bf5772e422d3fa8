namespace EdgeRuntime.Simulator.Attacks;

/// <summary>One attack of the list that the TUF specification and the Uptane standard name, or an accident that looks like one.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Script">Carries it out; throws when it succeeds. Returns what the device said or did, as a sentence.</param>
internal sealed record Attack(string Name, Func<AttackSite, string> Script);

/// <summary>What became of one attack.</summary>
/// <param name="Failure">Why it counts as a success of the attacker, or null.</param>
public sealed record AttackResult(string Name, string Said, string? Failure)
{
    /// <inheritdoc/>
    public override string ToString() => Failure is null ? $"{Name}: {Said}" : $"{Name}: SUCCEEDED: {Failure}";
}

/// <summary>All attacks, each on a device and repository of its own.</summary>
public static class AttackList
{
    /// <summary>Names of all attacks, in the order of the list.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(attack => attack.Name)];

    private static IReadOnlyList<Attack> All => [.. MetadataAttacks.All, .. CarrierAttacks.All, .. Absences.All];

    /// <summary>Carries out every attack. After each, a genuine update must still work.</summary>
    public static IReadOnlyList<AttackResult> Run() => [.. Names.Select(Run)];

    /// <summary>Carries out every attack and says what became of it, a line for each.</summary>
    /// <returns>0 only when none succeeded.</returns>
    public static int Print(TextWriter output)
    {
        int succeeded = 0;
        foreach (AttackResult result in Run())
        {
            output.WriteLine(result);
            succeeded += result.Failure is null ? 0 : 1;
        }

        return succeeded == 0 ? 0 : 1;
    }

    /// <summary>Carries out one.</summary>
    public static AttackResult Run(string name)
    {
        Attack attack = All.Single(each => each.Name == name);
        string said = "";
        try
        {
            using AttackSite site = new();
            said = attack.Script(site);
            site.RequireUnhurt();
            return new AttackResult(name, said, null);
        }
        catch (InvariantException hurt)
        {
            return new AttackResult(name, said, hurt.Message);
        }
    }
}
