using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
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
    public void A_fetched_clip_is_explained_by_the_number_of_its_answer_as_the_recording_that_it_is_of()
    {
        ExplanationReport whole = Report(_cli.Run("explain", _package, _recording, "--row", "60", "--json"));
        string[] lines = File.ReadAllLines(_recording);
        string[] names = lines[0].Split(',');
        string[] channels = JsonNode.Parse(File.ReadAllText(Path.Combine(_package, "manifest.json")))!["channels"]!.AsArray().Select(channel => (string)channel!["name"]!).ToArray();
        string[] units = [.. channels.Select(channel => Array.Find(names, name => name.Split('[')[0] == channel)!)];
        int[] places = [.. units.Select(name => Array.IndexOf(names, name))];
        double[][] rows = [.. lines.Skip(1).Select(line => line.Split(',').Select(field => double.TryParse(field, CultureInfo.InvariantCulture, out double value) ? value : double.NaN).ToArray())];
        int at = Array.FindIndex(rows, row => (long)row[0] == whole.SampleUnixMs);
        CapturedClip clip = new()
        {
            Model = "vitals", Version = whole.Version, Digest = whole.Digest, Boot = new BootId(1), Reason = CaptureReason.Asked, TriggerUnixMs = whole.SampleUnixMs, RateHz = 5,
            Channels = [.. channels.Zip(units, (channel, unit) => new CapturedChannel(channel, unit.Contains('[') ? unit[(channel.Length + 1)..^1] : "1", ""))],
            Frames = [.. rows[(at - 20)..(at + 5)].Select(row => new CapturedFrame((long)row[0], (row[0] - whole.SampleUnixMs) / 1000, places.Select(place => row[place]).ToArray(), default))],
            Answers = [new CapturedAnswer(whole.SampleUnixMs, 41, whole.Label!, whole.Whole, "")],
        };
        string file = _cli["a.clip"];
        File.WriteAllBytes(file, ClipCodec.Write(clip));
        ExplanationReport again = Report(_cli.Run("explain", _package, file, "--sample", "41", "--seed", "1", "--json"));
        Outcome other = _cli.Run("explain", _package, file, "--sample", "42");

        Assert.Equal(41, again.N);
        Assert.Equal(whole.Groups.Select(group => (group.Name, group.Attribution)), again.Groups.Select(group => (group.Name, group.Attribution)));
        Assert.Equal($"explain: {file}: the clip holds no sample 42; it holds 41 to 41", other.ErrorLines[0]);
        Assert.Equal("explain: --sample 41: is of a clip (.clip); a row of a recording is named by --row", _cli.Run("explain", _package, _recording, "--sample", "41").ErrorLines[0]);
    }

    private static ExplanationReport Report(Outcome outcome)
    {
        Assert.True(outcome.Code == 0, outcome.Errors);
        return JsonSerializer.Deserialize(outcome.Output, WireJson.Default.ExplanationReport)!;
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
