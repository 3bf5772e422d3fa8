using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class ReplayVerbTests : IDisposable
{
    private const string Topic = "edge/v1/dev-a/up";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void An_alarm_of_answers_that_a_device_told_is_raised_by_the_same_windows_again()
    {
        ModelPackage package = Package();
        (string[] lines, AlarmMessage told) = Told(package, [2, 50, 50, 2, 2]);
        string reports = _cli.Write("reports.txt", string.Join('\n', lines));
        string other = _cli.Write("other.txt", string.Join('\n', lines.Where((_, line) => line != 1)));

        Outcome same = _cli.Run("replay", _cli["v.edgepkg"], reports, "--json");
        Outcome without = _cli.Run("replay", _cli["v.edgepkg"], other);

        Assert.True(same.Code == 0, same.Errors);
        JsonNode alarm = Assert.Single(JsonNode.Parse(same.Output)!["alarms"]!.AsArray(), each => (string)each!["kind"]! == "quality")!;
        Assert.True((bool)alarm["told"]!);
        Assert.Equal((told.FirstWindow, told.LastWindow), ((long)alarm["first_window"]!, (long)alarm["last_window"]!));
        Assert.NotNull(alarm["ended_unix_ms"]);
        Assert.Equal(65, without.Code);
        Assert.Contains("quality-vitals was told for window 3", without.Errors, StringComparison.Ordinal);
    }

    private ModelPackage Package()
    {
        string source = _cli.PackageSource();
        Edit($"{source}/manifest.json", manifest => manifest["monitoring"] =
            JsonNode.Parse("""{ "labels": { "detector": "hddm_a" }, "alarms": { "raise_after": 2, "clear_after": 2 } }"""));
        Edit($"{source}/reference.json", reference => reference["quality"] = JsonNode.Parse("""
            { "measured": { "answers": 1000, "right": 950, "true_positives": 475, "false_positives": 25, "true_negatives": 475, "false_negatives": 25 } }
            """));
        Outcome packed = _cli.Run("pack", source, "--no-run", "--output", _cli["v.edgepkg"]);
        Assert.True(packed.Code == 0, packed.Errors);
        return PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["v.edgepkg"])).AsModel();
    }

    private static void Edit(string path, Action<JsonNode> change)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(path))!;
        change(file);
        File.WriteAllText(path, file.ToJsonString());
    }

    // What a device tells of windows of a hundred answers that labels came for, so many of them wrong.
    private static (string[] Lines, AlarmMessage Alarm) Told(ModelPackage package, int[] wrong)
    {
        OutputDecoder decoder = new(package.Manifest.Output, 2);
        DriftHorizon horizon = new(package.Manifest, package.Profile!);
        QualityAlarm alarm = new(package.Manifest.Monitoring!.Alarms, package.Profile!.Quality!.Measured);
        List<string> lines = [];
        AlarmMessage? told = null;
        for (int n = 1; n <= wrong.Length; n++)
        {
            WindowCounters counters = new(package.Manifest, package.Profile);
            for (int i = 0; i < 50; i++)
            {
                counters.Record(decoder.Decode([], [i % 2, 0.5f]), [0.4, 0.4, 0.4], default, (1000L * n) + i);
            }

            ErrorCounts errors = new() { Detector = "hddm_a", Answers = 100, Wrong = wrong[n - 1] };
            long right = errors.Answers - errors.Wrong;
            WindowMessage window = counters.ToMessage(horizon.Add(counters, n), package.Id, new BootId(1), n, 2000L * n, clockSynchronized: true) with
            {
                Quality = new QualityCounts
                {
                    Received = 100,
                    Joined = 100,
                    LagSeconds = new SparseCounts { Bins = [0], Counts = [100] },
                    Model = new AnswerTally { WasTrue = [100, 0], Said = [right, errors.Wrong], Right = [right, 0] },
                    Errors = errors,
                },
            };
            lines.Add(Line("window/vitals", JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage)));
            if (alarm.Take(errors, window.StartUnixMs, window.EndUnixMs, n) == AlarmChange.Raised)
            {
                told = AlarmOf(package, alarm, n);
                lines.Add(Line("alarm/quality-vitals", JsonSerializer.SerializeToUtf8Bytes(told, WireJson.Default.AlarmMessage)));
            }
        }

        return ([.. lines], told!);
    }

    private static AlarmMessage AlarmOf(ModelPackage package, QualityAlarm alarm, long window) => new()
    {
        Boot = new BootId(1),
        Sequence = 1,
        UnixMs = 2000 * window,
        ClockSynchronized = true,
        Name = "quality-vitals",
        Kind = "quality",
        Model = "vitals",
        Version = package.Manifest.Version,
        Digest = package.Id,
        SinceUnixMs = ((AlarmState.Standing)alarm.State).SinceUnixMs,
        Detail = "answers are wrong more often",
        Causes = alarm.Causes,
        FirstWindow = alarm.FirstWindow,
        LastWindow = window,
    };

    private static string Line(string rest, byte[] json) => $"{Topic}/{rest} {Encoding.UTF8.GetString(json)}";
}
