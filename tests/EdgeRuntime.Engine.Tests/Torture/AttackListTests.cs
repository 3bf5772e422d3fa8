using EdgeRuntime.Simulator.Attacks;

namespace EdgeRuntime.Engine.Tests.Torture;

/// <summary>Every attack of the list, on a device of its own: refused or survived, and a genuine update works afterwards.</summary>
public sealed class AttackListTests
{
    public static TheoryData<string> Names => [.. AttackList.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_attack_is_refused_or_survived_and_a_genuine_update_works_afterwards(string name)
    {
        AttackResult result = AttackList.Run(name);

        Assert.True(result.Failure is null, result.ToString());
        Assert.Matches("^(refused|survived): ", result.Said);
    }
}
