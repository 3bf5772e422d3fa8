using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>
/// What no member of a profile shows alone: values that exclude each other, wherever in the line of inheritance each was
/// written. Told at the value that lies nearest to the mistake.
/// </summary>
internal static class ProfileContradictions
{
    /// <summary>Instruction sets that decide which kernels run, by architecture, by the kernel's names.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> InstructionSets = new Dictionary<string, string[]>
    {
        ["arm64"] = ["asimd", "asimdhp", "asimddp", "i8mm", "sve", "bf16"],
        ["x64"] = ["sse4_1", "avx2", "avx_vnni", "avx512f", "avx512_vnni", "amx_int8"],
    };

    /// <summary>Notes every contradiction.</summary>
    public static void Note(JsonObjectReader root, DeviceProfile profile)
    {
        // Asked before anything is noted here: one contradiction must not hide the next.
        bool busesRead = !root.IsWrong("buses");
        bool coresRead = !root.IsWrong("cores");
        Repeated(root, "buses", profile.Buses, bus => bus.Name, "name");
        Repeated(root, "buses", profile.Buses, bus => bus.Device, "device");
        Repeated(root, "buses", profile.Buses, bus => bus.Label, "label");
        Repeated(root, "pins", profile.Pins, pin => $"{pin.Pin}", "pin");
        Repeated(root, "pins", profile.Pins, pin => $"{pin.Chip}:{pin.Line}", "line");
        Repeated(root, "thermal", profile.Thermal, zone => zone.Zone, "zone");
        Repeated(root, "storage", profile.Storage, disk => disk.Device, "device");
        if (busesRead)
        {
            Buses(root, profile);
        }

        Cores(root, profile, coresRead);
        foreach ((string set, int i) in profile.InstructionSets.Select((set, i) => (set, i)))
        {
            if (!root.IsWrong("architecture") && InstructionSets.Any(of => of.Key != profile.Architecture && of.Value.Contains(set)))
            {
                root.Mistake("instruction_sets", i, null, $"'{set}' is no instruction set of {profile.Architecture}");
            }
        }

        if (profile.MemoryBytes.Count > 0 && profile.Limits.ResidentBytesMax > profile.MemoryBytes.Max())
        {
            Inner(root, "limits", "resident_bytes_max", $"{profile.Limits.ResidentBytesMax} is more than the board's largest memory, {profile.MemoryBytes.Max()}");
        }
    }

    private static void Buses(JsonObjectReader root, DeviceProfile profile)
    {
        for (int i = 0; i < profile.Buses.Count; i++)
        {
            BoardBus bus = profile.Buses[i];
            if (bus.Device is null && (bus.Kind != "gpio" || bus.Label is null))
            {
                root.Mistake("buses", i, null, bus.Kind == "gpio"
                    ? $"'{bus.Name}' has neither a label nor a device, so nobody can find it"
                    : $"'{bus.Name}' has no device, so nobody can open it");
            }

            if (bus.Label is not null && bus.Kind != "gpio")
            {
                root.Mistake("buses", i, "label", "only a chip of kind gpio is found by its label");
            }

            if (bus.Pins.GroupBy(pin => pin).FirstOrDefault(same => same.Count() > 1)?.Key is int twice)
            {
                root.Mistake("buses", i, "pins", $"pin {twice} stands there a second time");
            }
        }

        string[] chips = [.. profile.Buses.Where(bus => bus.Kind == "gpio").Select(bus => bus.Name)];
        for (int i = 0; i < profile.Pins.Count; i++)
        {
            string chip = profile.Pins[i].Chip;
            if (chip.Length > 0 && !chips.Contains(chip))
            {
                root.Mistake("pins", i, "chip", $"'{chip}' is not among the buses of kind gpio{Spelling.Hint(chip, chips)}");
            }
        }
    }

    private static void Cores(JsonObjectReader root, DeviceProfile profile, bool coresRead)
    {
        HashSet<int> numbers = [];
        for (int i = 0; i < profile.Cores.Count; i++)
        {
            int[] twice = [.. profile.Cores[i].Numbers.Where(number => !numbers.Add(number))];
            if (twice.Length > 0)
            {
                root.Mistake("cores", i, "numbers", $"core {string.Join(", ", twice)} stands there a second time");
            }

            if (profile.Cores.Count > 1 && profile.Cores[i].Role == "uniform")
            {
                root.Mistake("cores", i, "role", "is uniform, but there are other cores; say which are big and which little");
            }
        }

        if (numbers.Count == 0 || !coresRead)
        {
            return;
        }

        JsonValue? asked = root.Value("realtime")?.Find("cores")?.Value;
        for (int i = 0; i < profile.RealTime.Cores.Count; i++)
        {
            if (!numbers.Contains(profile.RealTime.Cores[i]) && asked is not null && i < asked.Items.Count)
            {
                root.Mistake(asked.Items[i], $"realtime.cores[{i}]", $"{profile.RealTime.Cores[i]} is not among the board's cores ({string.Join(", ", numbers.Order())})");
            }
        }

        if (profile.Inference.IntraOpThreads > numbers.Count)
        {
            Inner(root, "inference", "intra_op_threads", $"{profile.Inference.IntraOpThreads} is more than the board's {numbers.Count} cores");
        }

        if (profile.Limits.CpuCoresMax > numbers.Count)
        {
            Inner(root, "limits", "cpu_cores_max", $"{profile.Limits.CpuCoresMax} is more than the board's {numbers.Count} cores");
        }
    }

    private static void Inner(JsonObjectReader root, string member, string name, string sentence)
    {
        if (root.Value(member)?.Find(name)?.Value is JsonValue value)
        {
            root.Mistake(value, $"{member}.{name}", sentence);
        }
    }

    private static void Repeated<T>(JsonObjectReader root, string array, IReadOnlyList<T> items, Func<T, string?> key, string member)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            if (key(items[i]) is { Length: > 0 } text && !seen.Add(text))
            {
                root.Mistake(array, i, member, $"'{text}' stands there a second time");
            }
        }
    }
}
