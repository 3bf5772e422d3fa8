using System.Text.RegularExpressions;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>What the published binary says of its verbs is what it does.</summary>
public sealed partial class HelpTests
{
    [NativeTheory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("selftest")]
    [InlineData("top")]
    [InlineData("bench")]
    [InlineData("doctor")]
    [InlineData("version")]
    public async Task Every_verb_has_a_page_with_an_example_and_knows_every_option_on_it(string verb)
    {
        using Scratch scratch = new();
        (int code, string page) = await Run.ToEnd(Programs.Device, scratch.Root, verb, "--help");

        Assert.Equal(0, code);
        Assert.Contains($"Example: edge-device {verb}", page, StringComparison.Ordinal);
        foreach (string option in Option().Matches(page).Select(match => match.Value).Distinct())
        {
            // Twice is a mistake that is only noticed of an option that is known; so nothing is run.
            (code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, verb, option, "x", option, "x", "--no-such-option");
            Assert.Equal(64, code);
            Assert.DoesNotContain($"there is no option '{option}'", text, StringComparison.Ordinal);
        }
    }

    [NativeTheory]
    [InlineData("tpo --once", "there is no verb 'tpo'; did you mean 'top'?")]
    [InlineData("run --confg edge.json", "there is no option '--confg' here; did you mean '--config'?")]
    public async Task A_slip_of_the_fingers_is_answered_with_what_was_meant(string line, string sentence)
    {
        using Scratch scratch = new();
        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, line.Split(' '));

        Assert.Equal(64, code);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
    }

    [GeneratedRegex("--[a-z]+(?=[ ,]|$)", RegexOptions.Multiline)]
    private static partial Regex Option();
}
