using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors;
using EdgeRuntime.Sensors.Simulated;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>What a model was trained on is what it meets: the same tensors, to the bit, whichever way a frame takes.</summary>
public sealed class ParityTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Live_replayed_and_offline_tensors_are_the_same_over_a_whole_recording()
    {
        string recording = Path.Combine(Train(), "recordings", "vitals-00.csv");
        int rows = File.ReadLines(recording).Count() - 1;

        Outcome outcome = _cli.Run("features", Manifest("vitals-3"), recording, "--check");

        Assert.True(outcome.Code == 0, outcome.Errors);
        Assert.Contains("live = replayed = offline, sha256 ", outcome.Output, StringComparison.Ordinal);
        PipelineSpec pipeline = Read(Manifest("vitals-3")).Pipeline;
        int samples = 1 + ((rows - pipeline.WindowFrames) / pipeline.HopFrames);
        Assert.StartsWith($"{recording}: {samples} samples of {pipeline.InputLength()} elements", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sensor_read_live_and_its_recording_computed_offline_give_the_same_tensors()
    {
        const int Seconds = 30;
        SimulatedOptions options = new() { Seed = 7 };
        string file = _cli["live.csv"];
        SteppedTime time = new();
        using (SimulatedSensor sensor = new(time, options with { Speed = 0 }))
        using (StreamWriter output = new(file))
        {
            await new Recorder(sensor, time, new RecorderOptions { Seconds = Seconds, Digits = 0 }, null)
                .RecordAsync(output, CancellationToken.None);
        }

        ParityCheck check = new(Read(Manifest("machine-3")), new RecordingFiles([file], 0, []));

        List<string> live = check.Serve(clock => new FrameSource(new SimulatedSensor(clock, options)), frames: (long)(Seconds * options.RateHz));

        Assert.NotEmpty(live);
        Assert.Equal(live.Count, live.Distinct().Count());
        Assert.Equal(check.Offline(), live);
    }

    [Fact]
    public void Every_kind_of_feature_and_texts_of_a_recording_take_the_same_way()
    {
        string manifest = _cli.Write("manifest.json", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "manifest_every_feature.json")));
        string recording = _cli.Write("grinder.csv", Grinder(20_000));

        Outcome check = _cli.Run("features", manifest, recording, "--check");
        Outcome table = _cli.Run("features", manifest, recording, "--output", _cli["values.csv"]);

        Assert.True(check.Code == 0, check.Errors);
        Assert.True(table.Code == 0, table.Errors);
        string[] lines = File.ReadAllLines(_cli["values.csv"]);
        Assert.Equal("recording,row,level,warm,mean_temperature,mode,mode_hash,warm_mode,label", lines[0]);
        Assert.Equal(["0", "1", "2", "3"], lines.Skip(1).Select(line => line.Split(',')[5]).Distinct().Order());
    }

    [Fact]
    public void Windows_by_time_cut_a_recording_alike_live_and_replayed()
    {
        string manifest = _cli.Write("manifest.json", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "manifest_sessions.json")));
        StringBuilder rows = new("unix_ms,cpu_busy,vibration[m/s2]\n");
        long at = 1_767_225_600_000;
        for (int i = 0; i < 2_000; i++)
        {
            at += i % 50 == 49 ? 7_001 : 1_000;
            rows.Append(CultureInfo.InvariantCulture, $"{at},{i % 7 / 7.0:R},0\n");
        }

        Outcome outcome = _cli.Run("features", manifest, _cli.Write("sessions.csv", rows.ToString()), "--check");

        Assert.True(outcome.Code == 0, outcome.Errors);
        Assert.Contains(": 40 samples of 2 elements, live = replayed = offline", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Sensors_of_different_rates_are_aligned_alike_live_and_replayed()
    {
        string manifest = _cli.Write("manifest.json", Together());
        StringBuilder slow = new("seconds,temperature[Cel]\n");
        for (int i = 0; i < 400; i++)
        {
            slow.Append(CultureInfo.InvariantCulture, $"{(i * 0.37) + (i % 3 * 0.05):R},{20 + Math.Sin(i / 9.0):R}\n");
        }

        StringBuilder fast = new("seconds,vibration[m/s2]\n");
        for (int i = 0; i < 9_000; i++)
        {
            fast.Append(CultureInfo.InvariantCulture, $"{i / 64.0:R},{(((i * 7919L) + 13) % 101 / 10.0) - 5:R}\n");
        }

        Outcome outcome = _cli.Run(
            "features", manifest, _cli.Write("slow.csv", slow.ToString()), _cli.Write("fast.csv", fast.ToString()), "--together", "--check");

        Assert.True(outcome.Code == 0, outcome.Errors);
        Assert.Matches("fast.csv: 1[78][0-9] samples of 17 elements, live = replayed = offline", outcome.Output);
    }

    [Fact]
    public void Channels_of_arrays_are_named_and_those_of_tables_mapped()
    {
        string manifest = _cli.Write("manifest.json", Together());
        string table = "date,Temp[Cel],Shake[m/s2]\n" + string.Concat(Enumerable.Range(0, 64).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"2026-11-28T00:00:{i / 20:00}.{i % 20 * 50:000}Z,{20 + (i / 8.0)},{i % 5}\n")));
        string array = Path.Combine(Path.GetDirectoryName(manifest)!, "a.npy");
        byte[] header = Encoding.ASCII.GetBytes("\u0001\0\u003a\0{'descr': '|u1', 'fortran_order': False, 'shape': (32, 2)}");
        File.WriteAllBytes(array, [0x93, .. "NUMPY"u8, .. header, .. Enumerable.Range(0, 64).Select(i => (byte)i)]);

        Outcome mapped = _cli.Run(
            "features", manifest, _cli.Write("t.csv", table), "--map", "temperature=Temp,vibration=Shake", "--check");
        Outcome named = _cli.Run("features", manifest, array, "--columns", "vibration[m/s2],temperature[Cel]", "--rate", "20", "--check");
        Outcome twice = _cli.Run("features", manifest, array, "--map", "a=b,a=c", "--check");

        Assert.True(mapped.Code == 0, mapped.Errors);
        Assert.Contains(": 4 samples of 17 elements", mapped.Output, StringComparison.Ordinal);
        Assert.True(named.Code == 0, named.Errors);
        Assert.Contains(": 2 samples of 17 elements", named.Output, StringComparison.Ordinal);
        Assert.Contains("--map a=c: give each channel once", twice.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_that_does_not_fit_is_refused_with_what_is_wrong()
    {
        Outcome outcome = _cli.Run("features", Manifest("vitals-3"), _cli.Write("other.csv", "seconds,x\n0,1\n1,2\n"), "--check");

        Assert.Equal(65, outcome.Code);
        Assert.Contains("the sensor has no channel '", outcome.Errors, StringComparison.Ordinal);
    }

    // Twenty frames a second, of which neither sensor has any.
    private static string Together() => """
        {
          "schema": 1, "name": "together", "version": "1.0.0", "release_counter": 1, "description": "Two sensors.",
          "channels": [
            { "name": "vibration", "unit": "m/s2", "resample": "mean" },
            { "name": "temperature", "unit": "Cel", "resample": "linear", "max_age_ms": 800 }
          ],
          "pipeline": {
            "rate_hz": 20, "window_frames": 16, "hop_frames": 16,
            "features": [
              { "name": "v", "channel": "vibration", "statistic": "raw" },
              { "name": "t", "channel": "temperature", "statistic": "mean" }
            ]
          },
          "model": { "file": "model.onnx", "input": "features", "output": "y" },
          "output": { "kind": "regression", "unit": "1" },
          "decision": { "threshold": 0.5, "hysteresis": 0.1, "initial": "unknown" },
          "soak": { "samples": 50, "max_error_share": 0, "max_p99_ms": 20 }
        }
        """;

    private static string Grinder(int rows)
    {
        string[] modes = ["idle", "grinding", "3", "broken"];
        StringBuilder text = new("seconds,vibration[m/s2],temperature[Cel],mode\n");
        for (int i = 0; i < rows; i++)
        {
            double vibration = (((i * 7919L) + 13) % 101 / 10.0) - 5;
            string temperature = i % 11 == 0 ? "" : (20 + (i % 4000 / 100.0)).ToString("R", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{i / 1000.0:R},{vibration:R},{temperature},{modes[i / 1000 % 4]}\n");
        }

        return text.ToString();
    }

    private static ModelManifest Read(string path)
    {
        Mistakes mistakes = new();
        ModelManifest? manifest = ManifestReader.ReadModel(File.ReadAllBytes(path), mistakes, path, ManifestForm.Source);
        Assert.True(manifest is not null, mistakes.ToString());
        return manifest;
    }

    private static string Manifest(string package) => Path.Combine(Train(), "packages", package, "manifest.json");

    private static string Train()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "EdgeRuntime.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory ?? throw new InvalidOperationException("the tests do not run inside the repository"), "tools", "train");
    }
}
