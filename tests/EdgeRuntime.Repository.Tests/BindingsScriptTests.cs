namespace EdgeRuntime.Repository.Tests;

/// <summary>How <c>tools/bindings</c> chooses. What NuGet says is quoted from NuGet 6.14 and 7.0.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BindingsScriptTests
{
    private const string Absent = """
        probe.csproj : error NU1101: Unable to find package Microsoft.ML.OnnxRuntime. No packages exist with this id in source(s): feed
        probe.csproj : error NU1102: Unable to find package MQTTnet with version (>= 5.2.0)
        """;

    private const string Unreachable =
        "probe.csproj : error NU1301: Unable to load the service index for source https://127.0.0.1:1/index.json.";

    [Fact]
    public void A_feed_without_the_packages_means_native_and_is_asked_once()
    {
        using BindingsScript script = new();
        script.Restore(1, Absent);

        (int code, string says) = script.Run();
        (_, string again) = script.Run();

        Assert.Equal((0, "==> bindings: native (the feed does not have MQTTnet Microsoft.ML.OnnxRuntime)"), (code, says));
        Assert.Equal(says, again);
        Assert.Equal("native", script.Remembered);
        Assert.Equal(1, script.Asked("restore"));
    }

    [Fact]
    public void A_feed_with_the_packages_means_nuget_once_both_ports_build_on_them()
    {
        using BindingsScript script = new();
        script.Install("microsoft.ml.onnxruntime/1.30.0", "mqttnet/5.2.0.1603");

        (int code, string says) = script.Run();
        (_, string again) = script.Run();

        Assert.Equal((0, "==> bindings: nuget (the feed has the named packages)"), (code, says));
        Assert.Equal(says, again);
        Assert.Equal("nuget", script.Remembered);
        Assert.Equal((1, 2), (script.Asked("restore"), script.Asked("build")));
    }

    [Fact]
    public void A_network_failure_is_no_answer_and_is_not_remembered()
    {
        using BindingsScript script = new();
        script.Restore(1, $"{Absent}\n{Unreachable}");

        (int code, string says) = script.Run();

        Assert.Equal(1, code);
        Assert.StartsWith("bindings: the package feed could not be asked, which is no answer: error NU1301", says, StringComparison.Ordinal);
        Assert.Null(script.Remembered);
    }

    [Fact]
    public void Packages_that_the_ports_do_not_build_on_fall_back_to_native_with_the_reason()
    {
        using BindingsScript script = new();
        script.Build(1, "src/X.cs(1,2): error CS0234: The name 'Exceptions' does not exist [/x/EdgeRuntime.Onnx.csproj]");

        (int code, string says) = script.Run();
        (_, string again) = script.Run();

        Assert.Equal(0, code);
        Assert.Equal(
            "==> bindings: native (the feed has the named packages, but EdgeRuntime.Onnx does not build on them: error "
                + "CS0234: The name 'Exceptions' does not exist)",
            says);
        Assert.Equal(says, again);
        Assert.Equal("native", script.Remembered);
        Assert.Equal(2, script.Asked("build"));
    }

    [Fact]
    public void Sources_that_build_on_neither_binding_are_no_fault_of_the_packages()
    {
        const string Mistake = "src/X.cs(1,2): error CS1002: ; expected [/x/EdgeRuntime.Onnx.csproj]";
        using BindingsScript script = new();
        script.Build(1, Mistake);
        script.BuildNatively(1, Mistake);

        (int code, string says) = script.Run();

        Assert.Equal(1, code);
        Assert.Equal(
            "bindings: EdgeRuntime.Onnx builds neither on the named packages nor on the native libraries: error CS1002: ; expected", says);
        Assert.Equal("nuget", script.Remembered);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("nuget")]
    public void The_users_choice_overrides_and_asks_nobody(string chosen)
    {
        using BindingsScript script = new();

        Assert.Equal((0, $"==> bindings: {chosen} (EDGE_BINDINGS)"), script.Run(chosen));

        Assert.Equal(0, script.Asked("restore"));
        Assert.Null(script.Remembered);
    }

    [Fact]
    public void A_choice_that_does_not_exist_is_refused()
    {
        using BindingsScript script = new();

        Assert.Equal((1, "bindings: EDGE_BINDINGS is 'both'; it can be native or nuget"), script.Run("both"));
    }

    [Fact]
    public void Another_version_is_another_question()
    {
        using BindingsScript script = new();
        script.Restore(1, Absent);
        script.Run();

        script.Change("Directory.Packages.props", "\"MQTTnet\" Version=\"", "\"MQTTnet\" Version=\"1");
        script.Restore(0, "");
        script.Run();

        Assert.Equal("nuget", script.Remembered);
    }

    [Fact]
    public void Packages_that_are_gone_from_the_machine_are_asked_for_again()
    {
        using BindingsScript script = new();
        script.Run();
        Assert.Equal("nuget", script.Remembered);

        script.Restore(1, Absent);
        script.Run();

        Assert.Equal("native", script.Remembered);
    }

    [Fact]
    public void Asked_again_it_forgets_what_it_knew()
    {
        using BindingsScript script = new();
        script.Restore(1, Absent);
        script.Run();
        script.Restore(0, "");

        (_, string says) = script.Run(null, "--again");

        Assert.Equal("==> bindings: nuget (the feed has the named packages)", says);
    }
}
