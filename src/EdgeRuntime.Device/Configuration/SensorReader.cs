using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Replay.Pictures;
using EdgeRuntime.Sensors.Simulated;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads the <c>sensor</c> of a model: its driver and that driver's options.</summary>
internal static class SensorReader
{
    private const int MostAligned = 16;

    private static readonly string[] Drivers = ["vitals", "replay", "simulated", "aligned"];

    private static readonly Dictionary<string, PixelFormat> PixelFormats = new()
    {
        ["rgb"] = PixelFormat.Rgb24,
        ["bgr"] = PixelFormat.Bgr24,
        ["gray"] = PixelFormat.Gray8,
    };

    /// <param name="name">Its name among the device's sensors.</param>
    public static SensorConfiguration Read(string name, JsonObjectReader sensor, string directory) =>
        Read(sensor, directory) with { Name = name };

    private static SensorConfiguration Read(JsonObjectReader sensor, string directory) =>
        sensor.RequiredChoice("driver", Drivers) switch
        {
            "replay" => Replay(sensor, directory),
            "simulated" => Simulated(sensor),
            "aligned" => Aligned(sensor, directory),
            _ => Vitals(sensor),
        };

    private static SensorConfiguration Vitals(JsonObjectReader sensor)
    {
        VitalsOptions options = new()
        {
            RateHz = sensor.Double("rate_hz", 5, min: 0.2, max: 50),
            Root = sensor.String("root", "/"),
        };
        Note(sensor, options.Validate(), "rate_hz");
        return new SensorConfiguration("vitals", time => new FrameSource(new VitalsSensor(time, options)));
    }

    private static SensorConfiguration Replay(JsonObjectReader sensor, string directory)
    {
        string path = ConfigurationReader.Under(directory, sensor.RequiredString("path"));
        return Directory.Exists(path) ? Pictures(sensor, path) : Recording(sensor, path);
    }

    private static SensorConfiguration Pictures(JsonObjectReader sensor, string path)
    {
        PictureReplayOptions options = new()
        {
            Path = path,
            RateHz = sensor.RequiredDouble("rate_hz", JsonObjectReader.AboveZero, 1000),
            Pixels = PixelFormats[sensor.Choice("pixels", "rgb", [.. PixelFormats.Keys])],
            Speed = sensor.Double("speed", 1, min: 0, max: 10_000),
            Loop = sensor.Bool("loop", false),
            StartSeconds = sensor.Double("start_s", 0, min: 0, max: 1e9),
            MaxBytes = sensor.Long("max_bytes", 256L * 1024 * 1024, min: 1, max: 1024L * 1024 * 1024),
        };
        Note(sensor, options.Validate(), "rate_hz", "speed", "start_s", "max_bytes");
        return new SensorConfiguration("replay", time => new FrameSource(new PictureReplaySensor(time, options)));
    }

    private static SensorConfiguration Recording(JsonObjectReader sensor, string path)
    {
        ReplayOptions options = new()
        {
            Path = path,
            Columns = sensor.Strings("columns", 0, 1024),
            Categories = sensor.Strings("categories", 0, 1024),
            RateHz = sensor.Double("rate_hz", 0, min: 0, max: 100_000),
            BlockFrames = sensor.Int("block_frames", min: 1, max: 1_048_576),
            MaxValues = sensor.Int("max_values", 4 * 1024 * 1024, min: 1, max: 268_435_456),
            Speed = sensor.Double("speed", 1, min: 0, max: 10_000),
            Loop = sensor.Bool("loop", false),
            StartSeconds = sensor.Double("start_s", 0, min: 0, max: 1e9),
            StartUnixMs = sensor.Long("start_unix_ms", min: 0, max: 253_402_300_799_999),
            Disturbances = sensor.Objects("disturbances", ReadDisturbance, max: 64),
        };
        Note(sensor, options.Validate(), "rate_hz", "speed", "start_s", "block_frames", "max_values");
        return new SensorConfiguration("replay", time => new FrameSource(new ReplaySensor(time, options)));
    }

    private static SensorConfiguration Simulated(JsonObjectReader sensor)
    {
        double rate = sensor.Double("rate_hz", 1024, min: 256, max: 16384);
        SimulatedOptions options = new()
        {
            RateHz = rate,
            Seed = (ulong)sensor.Long("seed", 1, min: 0, max: long.MaxValue),
            Speed = sensor.Double("speed", 1, min: 0, max: 10_000),
            Schedule = sensor.Objects("schedule", ReadSpan, max: 1024),
            ShortestStaySeconds = sensor.Double("shortest_stay_s", 20, min: 1, max: 1e6),
            LongestStaySeconds = sensor.Double("longest_stay_s", 60, min: 1, max: 1e6),
            HealthyShare = sensor.Double("healthy_share", 0.5, min: 0, max: 1),
            ShaftHz = sensor.Double("shaft_hz", 25, min: 5, max: 60),
            Severity = sensor.Double("severity", 1, min: 0.1, max: 5),
            NoiseRms = sensor.Double("noise_rms", 0.25, min: 0, max: 10),
            AmbientCelsius = sensor.Double("ambient_cel", 22, min: -40, max: 60),
            Disturbances = sensor.Objects("disturbances", ReadDisturbance, max: 64),
        };
        Note(
            sensor, options.Validate(), "rate_hz", "speed", "shortest_stay_s", "healthy_share", "shaft_hz", "severity", "noise_rms",
            "ambient_cel");
        return new SensorConfiguration("simulated", time => new FrameSource(new SimulatedSensor(time, options)));
    }

    private static SensorConfiguration Aligned(JsonObjectReader sensor, string directory)
    {
        AlignedOptions options = new()
        {
            RateHz = sensor.RequiredDouble("rate_hz", JsonObjectReader.AboveZero, 100_000),
            WaitSeconds = sensor.Double("wait_s", 0, 3600),
        };
        IReadOnlyList<AlignedPart> parts = sensor.RequiredObjects("sensors", part => ReadPart(part, directory), min: 1, max: MostAligned);
        foreach (string twice in parts.Select(part => part.Name).Where(name => name.Length > 0).GroupBy(name => name)
            .Where(group => group.Count() > 1).Select(group => group.Key))
        {
            sensor.Mistake("sensors", $"two of them are named '{twice}'");
        }

        return new SensorConfiguration("aligned", time => new FrameSource(Align(parts, time, options)));
    }

    private static AlignedPart ReadPart(JsonObjectReader part, string directory)
    {
        string name = part.RequiredString("name", PackageNames.Signal);
        if (part.Value("driver") is { Text: "aligned" })
        {
            part.Mistake("driver", "an aligned sensor cannot be a part of another; list its sensors here");
            return new AlignedPart(name, Vitals(part));
        }

        SensorConfiguration configuration = Read(part, directory);
        if (part.Value("path") is { Text: { Length: > 0 } path } && Directory.Exists(ConfigurationReader.Under(directory, path)))
        {
            part.Mistake("path", "is a folder of pictures, which have no channels to align");
        }

        return new AlignedPart(name, configuration);
    }

    private static AlignedSensor Align(IReadOnlyList<AlignedPart> parts, TimeProvider time, AlignedOptions options)
    {
        List<NamedSensor> sensors = [];
        try
        {
            foreach (AlignedPart part in parts)
            {
                sensors.Add(new NamedSensor(part.Name, part.Configuration.Make(time).Sensor!));
            }

            return new AlignedSensor(sensors, time, options);
        }
        catch
        {
            sensors.ForEach(made => made.Sensor.Dispose());
            throw;
        }
    }

    private static ConditionSpan ReadSpan(JsonObjectReader item)
    {
        string name = item.RequiredChoice("condition", MachineConditions.Names);
        _ = MachineConditions.TryParse(name, out MachineCondition condition);
        return new ConditionSpan(condition, item.RequiredDouble("seconds", min: 0.001, max: 1e7));
    }

    private static Disturbance ReadDisturbance(JsonObjectReader item) => new()
    {
        Channel = item.RequiredString("channel"),
        AtSeconds = item.Double("at_s", 0, min: 0, max: 1e9),
        ForSeconds = item.Double("for_s", double.PositiveInfinity, JsonObjectReader.AboveZero, double.MaxValue),
        Gain = item.Double("gain", 1, double.MinValue, double.MaxValue),
        Offset = item.Double("offset", 0, double.MinValue, double.MaxValue),
        RampSeconds = item.Double("ramp_s", 0, min: 0, max: 1e9),
    };

    // What the reader checked already, with its own line and column, is not said twice.
    private static void Note(JsonObjectReader sensor, IReadOnlyList<string> mistakes, params ReadOnlySpan<string> known)
    {
        foreach (string mistake in mistakes)
        {
            int colon = mistake.IndexOf(':', StringComparison.Ordinal);
            string member = colon > 0 ? mistake[..colon] : "";
            if (!known.Contains(member))
            {
                sensor.Mistake(member.Split('[')[0], colon > 0 ? mistake[(colon + 1)..].Trim() : mistake);
            }
        }
    }

    private sealed record AlignedPart(string Name, SensorConfiguration Configuration);
}
