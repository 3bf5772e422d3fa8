using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Cli _cli = new();

    public static TheoryData<string> EveryVerb => [.. Verbs.All.Select(verb => verb.Name)];

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void Every_verb_explains_itself_with_an_example_of_its_own(string name)
    {
        Outcome help = _cli.Run([.. name.Split(' '), "--help"]);

        Assert.Equal(0, help.Code);
        Assert.Empty(help.Errors);
        Assert.StartsWith("usage:", help.Output, StringComparison.Ordinal);
        string example = help.Output.Split("example:")[1];
        Assert.Contains($"edgectl {name}", example, StringComparison.Ordinal);
        Assert.All(help.Output.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void Every_verb_refuses_an_option_it_does_not_have(string name)
    {
        Outcome refused = _cli.Run([.. name.Split(' '), "--colour-of-the-sky"]);

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Empty(refused.Output);
        Assert.Contains("--colour-of-the-sky", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_of_verbs_holds_them_all()
    {
        Outcome list = _cli.Run("--help");

        Assert.Equal(0, list.Code);
        Assert.All(Verbs.All, verb => Assert.Contains($"  {verb.Name} ", list.Output, StringComparison.Ordinal));
        Assert.Equal(list.Output, _cli.Run("help").Output);
    }

    [Theory]
    [InlineData("pakc", "there is no verb 'pakc'; did you mean 'pack'?")]
    [InlineData("rollout", "rollout: say what: start, watch, abort, list")]
    [InlineData("rollout stat", "rollout: there is no 'stat'; did you mean 'start'?")]
    [InlineData("pack x --outptu y", "pack: there is no option '--outptu' here; did you mean '--output'?")]
    [InlineData("pack --output", "pack: --output needs a value after it")]
    [InlineData("pack a b --output c", "pack: 'b' is one word too many")]
    [InlineData("sign --key k", "sign: FILE is missing")]
    public void A_command_line_that_is_wrong_is_told_what_would_be_right(string line, string expected)
    {
        Outcome refused = _cli.Run(line.Split(' '));

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains(expected, refused.ErrorLines);
    }

    [Fact]
    public void All_mistakes_of_a_command_line_are_listed_at_once()
    {
        Outcome refused = _cli.Run(
            "rollout", "start", "--canary", "0", "--stages", "10", "--on-halt", "stop", "--min-samples", "many", "--device", "A B");

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Equal(6, refused.ErrorLines.Length);
    }

    [Fact]
    public void An_empty_command_line_lists_the_verbs_and_is_a_mistake()
    {
        Outcome refused = _cli.Run();

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("keygen", refused.Errors, StringComparison.Ordinal);
    }
}
