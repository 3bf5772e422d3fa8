using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class SemanticVersionTests
{
    [Theory]
    [InlineData("0.0.0")]
    [InlineData("1.2.3")]
    [InlineData("1.0.0-alpha.1")]
    [InlineData("1.0.0-0.3.7")]
    [InlineData("1.0.0-x-y-z.--")]
    [InlineData("1.0.0+21AF26D3---117B344092BD")]
    [InlineData("1.0.0-rc.1+001")]
    public void What_semver_allows_is_a_version(string text)
    {
        Assert.True(SemanticVersion.TryParse(text, out SemanticVersion version));
        Assert.Equal(text, version.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3+a+b")]
    [InlineData("v1.2.3")]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3-ä")]
    [InlineData("-1.2.3")]
    [InlineData("1.2.9999999999")]
    public void What_semver_forbids_is_no_version(string text) => Assert.False(SemanticVersion.TryParse(text, out _));

    // The chain of semver.org, section 11, with a jump of numbers on either side.
    [Fact]
    public void Versions_are_in_the_order_that_semver_states()
    {
        string[] ascending =
        [
            "0.9.10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-beta.99999999999", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
        ];

        for (int i = 0; i < ascending.Length; i++)
        {
            for (int j = 0; j < ascending.Length; j++)
            {
                Assert.Equal(Math.Sign(i - j), Math.Sign(Of(ascending[i]).CompareTo(Of(ascending[j]))));
            }
        }
    }

    private static SemanticVersion Of(string text) =>
        SemanticVersion.TryParse(text, out SemanticVersion version) ? version : throw new FormatException(text);
}
