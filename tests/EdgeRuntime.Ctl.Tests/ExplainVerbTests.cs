using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class ExplainVerbTests : IDisposable
{
    private readonly Cli _cli = new();
    private readonly string _package = Path.Combine(LibraryFactAttribute.Repository(), "tools/train/packages/vitals-2");
    private readonly string _recording = Path.Combine(LibraryFactAttribute.Repository(), "tools/train/recordings/vitals-00.csv");

    public void Dispose() => _cli.Dispose();

    [LibraryFact]
    public void An_int8_models_answer_is_divided_among_its_features_without_a_remainder()
    {
        Outcome first = _cli.Run("explain", _package, _recording, "--row", "60", "--json");
        Outcome again = _cli.Run("explain", _package, _recording, "--row", "60", "--json");
        Outcome table = _cli.Run("explain", _package, _recording, "--row", "60", "--method", "occlusion");

        Assert.True(first.Code == 0, first.Errors);
        ExplanationReport report = JsonSerializer.Deserialize(first.Output, WireJson.Default.ExplanationReport)!;
        Assert.Equal("shapley", report.Method);
        Assert.Equal(23, report.Groups.Count);
        Assert.Equal(report.Whole - report.Nothing, report.Groups.Sum(group => group.Attribution), 1e-9);
        Assert.InRange(report.Inferences, 25, 512);
        Assert.Equal(first.Output, again.Output);
        Assert.Contains("occlusion, 25 inferences", table.Output, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void What_cannot_be_explained_is_said_in_a_sentence()
    {
        Outcome few = _cli.Run("explain", _package, _recording, "--most", "24");
        Outcome late = _cli.Run("explain", _package, _recording, "--row", "1000000");
        Outcome unknown = _cli.Run("explain", _package, _recording, "--method", "gradient");

        Assert.Equal("explain: 23 groups need at least 25 inferences: raise --most, or most_inferences in monitoring.explain", few.ErrorLines[0]);
        Assert.Equal("explain: there is no sample at or after row 1000000", late.ErrorLines[0]);
        Assert.Equal("explain: --method gradient: is none of auto, exact, shapley, occlusion", unknown.ErrorLines[0]);
    }
}
