using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads a merged profile. device-profiles/schema.json says the same; a test holds them together.</summary>
internal static class DeviceProfileReader
{
    private const int Most = 256;
    private const int HighestCore = 1023;

    private static readonly string[] Architectures = ["x64", "arm64"];
    private static readonly string[] InstructionSets = [.. ProfileContradictions.InstructionSets["arm64"], .. ProfileContradictions.InstructionSets["x64"]];

    private static readonly string[] Roles = ["uniform", "big", "little"];
    private static readonly string[] BusKinds = ["i2c", "spi", "uart", "gpio"];
    private static readonly string[] TripKinds = ["active", "passive", "hot", "critical"];
    private static readonly string[] StorageKinds = ["sd", "emmc", "nvme", "sata", "usb", "virtual"];

    /// <summary>Reads a whole profile.</summary>
    /// <param name="machine">The architecture it must be for; null for any.</param>
    public static DeviceProfile Read(JsonObjectReader root, string? machine)
    {
        DeviceProfile profile = Members(root, root.RequiredChoice("architecture", Architectures), null);
        if (machine is not null && !root.IsWrong("architecture") && profile.Architecture != machine)
        {
            root.Mistake("architecture", $"is {profile.Architecture}, but this machine is {machine}; choose another profile");
        }

        ProfileContradictions.Note(root, profile);
        return profile;
    }

    /// <summary>Reads one file of a profile, which need not hold what it inherits.</summary>
    /// <param name="file">What the file is called; null for any name.</param>
    public static DeviceProfile ReadPart(JsonObjectReader root, string? file) =>
        Members(root, root.Choice("architecture", Architectures[0], Architectures), file);

    private static DeviceProfile Members(JsonObjectReader root, string architecture, string? file)
    {
        _ = root.String("inherits");
        _ = root.String("$schema");
        return new DeviceProfile
        {
            Name = root.RequiredString("name", name => file is null || name == file ? null : $"is '{name}', but the file is '{file}.json': a profile is called as its file"),
            Description = root.String("description"),
            Architecture = architecture,
            Compatible = root.Strings("compatible", 0, Most),
            Cores = root.Objects("cores", ReadCores, Most),
            InstructionSets = root.Strings("instruction_sets", 0, Most, IsInstructionSet),
            MemoryBytes = root.Longs("memory_bytes", 0, Most, 1 << 20, 1L << 50),
            Inference = root.Object("inference", ReadInference) ?? new InferenceOptions(),
            RealTime = root.Object("realtime", RealTimeReader.Read) ?? new RealTimeOptions(),
            Limits = root.Object("limits", ReadLimits) ?? new DeviceLimits(),
            Power = root.Object("power", ReadPower) ?? new PowerFacts(),
            Buses = root.Objects("buses", ReadBus, Most),
            Pins = root.Objects("pins", ReadPin, Most),
            Thermal = root.Objects("thermal", ReadZone, Most),
            Watchdog = root.Object("watchdog", ReadWatchdog),
            Storage = root.Objects("storage", ReadStorage, Most),
            LibraryRisks = root.Objects("library_risks", ReadRisk, Most),
            Sources = root.Map("sources", (sources, fact) => sources.RequiredString(fact)),
        };
    }

    private static CoreGroup ReadCores(JsonObjectReader cores) => new(
        cores.RequiredString("kind"),
        cores.Choice("role", "uniform", Roles),
        [.. cores.Longs("numbers", 1, 1024, 0, HighestCore).Select(number => (int)number)],
        cores.Long("clock_hz_max", 1_000_000, 100_000_000_000));

    private static InferenceOptions ReadInference(JsonObjectReader inference) => new()
    {
        Library = inference.String("library"),
        IntraOpThreads = inference.Int("intra_op_threads", 1, min: 1, max: 64),
        Spinning = inference.Bool("spinning", false),
        Arena = inference.Bool("arena", true),
        DenormalsAsZero = inference.Bool("denormals_as_zero", false),
        GraphCache = inference.Bool("graph_cache", true),
        Providers = inference.Objects(
            "providers", provider => new ProviderOptions(provider.RequiredString("name"), provider.Texts("settings")), max: 16),
    };

    private static DeviceLimits ReadLimits(JsonObjectReader limits)
    {
        DeviceLimits defaults = new();
        return new DeviceLimits
        {
            PackageBytesMax = limits.Long("package_bytes_max", defaults.PackageBytesMax, min: 1024, max: 1L << 32),
            RuntimeBytesMax = limits.Long("runtime_bytes_max", defaults.RuntimeBytesMax, min: 1 << 20, max: 1L << 30),
            DiskReserveBytes = limits.Long("disk_reserve_bytes", defaults.DiskReserveBytes, min: 0, max: 1L << 40),
            ResidentBytesMax = limits.Long("resident_bytes_max", 1 << 20, 1L << 40),
            CpuCoresMax = limits.Double("cpu_cores_max", 0.01, 1024),
            ShadowCpuShareMax = limits.Double("shadow_cpu_share_max", 0.2, 0.001, 1),
        };
    }

    private static PowerFacts ReadPower(JsonObjectReader power) => new()
    {
        SupplyV = power.Double("supply_v", 1, 60),
        SupplyA = power.Double("supply_a", 0.01, 100),
        BoardA = power.Double("board_a", 0.001, 100),
        ModeWMax = power.Double("mode_w_max", 0.1, 1000),
    };

    private static BoardBus ReadBus(JsonObjectReader bus) => new(
        bus.RequiredString("name"),
        bus.RequiredChoice("kind", BusKinds),
        bus.String("device", IsDevice),
        bus.String("label"),
        [.. bus.Longs("pins", 0, Most, 1, 1024).Select(pin => (int)pin)],
        bus.String("needs"));

    private static HeaderPin ReadPin(JsonObjectReader pin) => new(
        pin.RequiredInt("pin", 1, 1024), pin.RequiredString("name"), pin.RequiredString("chip"), pin.RequiredInt("line", 0, 1023));

    private static ThermalZone ReadZone(JsonObjectReader zone)
    {
        ThermalZone read = new(zone.RequiredString("zone"), zone.RequiredObjects("trips", ReadTrip, 1, 32));
        for (int i = 1; i < read.Trips.Count; i++)
        {
            if (read.Trips[i].Celsius < read.Trips[i - 1].Celsius)
            {
                zone.Mistake("trips", i, "celsius", "is below the one before; trips stand in ascending order");
            }
        }

        return read;
    }

    private static ThermalTrip ReadTrip(JsonObjectReader trip) =>
        new(trip.RequiredChoice("kind", TripKinds), trip.RequiredDouble("celsius", -50, 200));

    private static WatchdogFacts ReadWatchdog(JsonObjectReader watchdog) => new(
        watchdog.RequiredString("device", IsDevice), watchdog.String("driver"), watchdog.Double("longest_timeout_s", 1, 1_000_000));

    private static StorageFacts ReadStorage(JsonObjectReader storage) =>
        new(storage.RequiredChoice("kind", StorageKinds), storage.String("device", IsDevice), storage.String("advice"));

    private static LibraryRisk ReadRisk(JsonObjectReader risk) =>
        new(risk.Strings("versions", 1, 64), risk.RequiredString("what"), risk.String("remedy"));

    private static string? IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) ? null : $"'{path}' is not a file below /dev";

    private static string? IsInstructionSet(string name) => InstructionSets.Contains(name)
        ? null
        : $"'{name}' is not one of {string.Join(", ", InstructionSets)}{Spelling.Hint(name, InstructionSets)}";
}
