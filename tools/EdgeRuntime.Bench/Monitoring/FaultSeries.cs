using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>A real series, with the part that the reference is made of and the part that is replayed.</summary>
/// <param name="Channels">Of the manifest.</param>
/// <param name="Reference">Values by channel, frame by frame.</param>
/// <param name="Replayed">The same, of the replay.</param>
/// <param name="Times">When each frame of the replay was taken, UTC milliseconds.</param>
/// <param name="Excused">Whether a frame of the replay lies where people labelled an anomaly.</param>
internal sealed record FaultSeries(
    string Name, IReadOnlyList<ManifestChannel> Channels, double[][] Reference, double[][] Replayed, double[] Times, bool[] Excused)
{
    /// <summary>The reference as <c>edgectl profile</c> makes it.</summary>
    public ReferenceProfile Profile { get; } = new()
    {
        Rows = Reference[0].Length,
        EffectiveRows = 1,
        EffectiveShare = 1,
        Features = [],
        Channels = [.. Channels.Select((channel, i) => ChannelCalibration.Numbers(channel.Name, Reference[i])!)],
        Timing = ChannelCalibration.Timing(Times),
    };

    /// <summary>Frames of the replay.</summary>
    public int Frames => Times.Length;

    /// <summary>Milliseconds between two frames.</summary>
    public double IntervalMs => Profile.Timing!.IntervalMs;

    /// <summary>The real series of the material.</summary>
    public static IEnumerable<FaultSeries> Of(string material)
    {
        yield return Temperature(Path.Combine(material, "nab"));
        foreach (string name in (string[])["art_daily_small_noise", "art_noisy", "art_daily_no_noise"])
        {
            (double[] times, double[][] values) = Columns(Path.Combine(material, "nab", "artificialNoAnomaly", $"{name}.csv"), 0, [1]);
            int half = times.Length / 2;
            yield return new FaultSeries(
                name, [new ManifestChannel("value", "1")], [values[0][..half]], [values[0][half..]], times[half..], new bool[times.Length - half]);
        }

        string[] names = ["temperature", "humidity", "light", "co2", "humidity_ratio"];
        string[] units = ["Cel", "%", "lx", "[ppm]", "1"];
        ManifestChannel[] channels = [.. names.Zip(units, (name, unit) => new ManifestChannel(name, unit))];
        (_, double[][] training) = Columns(Path.Combine(material, "occupancy", "datatraining.txt"), 1, [2, 3, 4, 5, 6]);
        (double[] when, double[][] test) = Columns(Path.Combine(material, "occupancy", "datatest.txt"), 1, [2, 3, 4, 5, 6]);
        yield return new FaultSeries("occupancy", channels, training, test, when, new bool[when.Length]);
    }

    // The reference is what lies before the first label.
    private static FaultSeries Temperature(string folder)
    {
        const int ReferenceRows = 2000;
        const string Name = "machine_temperature_system_failure";
        (double[] times, double[][] values) = Columns(Path.Combine(folder, $"{Name}.csv"), 0, [1]);
        using System.Text.Json.JsonDocument labels = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "windows.json")));
        (double From, double To)[] windows =
        [
            .. labels.RootElement.GetProperty($"realKnownCause/{Name}.csv").EnumerateArray()
                .Select(window => (UnixMs(window[0].GetString()!), UnixMs(window[1].GetString()!))),
        ];
        double[] replayed = times[ReferenceRows..];
        return new FaultSeries(
            "machine temperature", [new ManifestChannel("temperature", "1")], [values[0][..ReferenceRows]], [values[0][ReferenceRows..]], replayed,
            [.. replayed.Select(time => windows.Any(window => time >= window.From && time <= window.To))]);
    }

    /// <summary>Columns of a file with a header, and when each row was taken.</summary>
    internal static (double[] Times, double[][] Values) Columns(string path, int time, int[] columns)
    {
        string[][] rows = [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',').Select(field => field.Trim('"')).ToArray())];
        return (
            [.. rows.Select(row => UnixMs(row[time]))],
            [.. columns.Select(column => rows.Select(row => double.Parse(row[column], CultureInfo.InvariantCulture)).ToArray())]);
    }

    /// <summary>A time in UTC milliseconds.</summary>
    internal static double UnixMs(string text) =>
        (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).TotalMilliseconds;
}
