using EdgeRuntime.Device.Verbs;

namespace EdgeRuntime.Device.Tests.Verbs;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("--confg edge.json", "there is no option '--confg' here; did you mean '--config'?")]
    [InlineData("--config", "--config needs a value")]
    [InlineData("--config=", "--config needs a value")]
    [InlineData("--config --plain", "--config needs a value")]
    [InlineData("--plain=1", "--plain takes no value")]
    [InlineData("--log info --log debug", "--log is given twice")]
    [InlineData("edge.json", "'edge.json' stands where an option was expected")]
    public void A_slip_is_told_with_what_was_probably_meant(string line, string part)
    {
        Assert.Null(Options.Parse(line.Split(' '), ["--config", "--log"], ["--plain"], out string mistake));
        Assert.StartsWith(part, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_and_options_may_stand_in_any_order_and_after_two_dashes_all_are_files()
    {
        Options? options = Options.Parse(
            ["a.onnx", "--seconds", "1", "b.onnx", "--json", "--", "--odd.onnx"], ["--seconds"], ["--json"], out _, takesFiles: true);

        Assert.Equal(["a.onnx", "b.onnx", "--odd.onnx"], options!.Files);
        Assert.Equal("1", options["--seconds"]);
        Assert.True(options.Has("--json"));
    }

    [Fact]
    public void Help_is_given_whatever_else_is_wrong()
    {
        Assert.True(Options.Parse(["--nonsense", "-h"], [], [], out _)!.Help);
    }
}
