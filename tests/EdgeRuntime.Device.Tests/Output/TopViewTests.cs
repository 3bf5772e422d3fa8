using EdgeRuntime.Device.Output;

namespace EdgeRuntime.Device.Tests.Output;

public sealed class TopViewTests
{
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(i => $"line {i} of a table that is wider than some terminals")];

    [Fact]
    public void A_small_terminal_shows_what_fits_and_says_how_much_does_not()
    {
        string[] shown = [.. TopView.Fit(Ten, width: 30, height: 6)];

        Assert.Equal(5, shown.Length);
        Assert.All(shown, line => Assert.True(line.Length < 30));
        Assert.Equal("… 6 more lines", shown[3]);
        Assert.StartsWith("line 9", shown[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(200, 40)]
    public void A_terminal_that_is_large_or_does_not_tell_shows_all(int width, int height)
    {
        Assert.Equal(Ten, TopView.Fit(Ten, width, height));
    }
}
