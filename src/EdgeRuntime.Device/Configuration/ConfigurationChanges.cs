using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>What differs between two configuration files, and which of it can be taken over while the device serves.</summary>
internal sealed record ConfigurationChanges
{
    // The rest of `telemetry` sizes memory that is in use.
    private static readonly string[] LiveTelemetry = ["window_s", "latest_ms", "predictions"];

    /// <summary>True when labels differ.</summary>
    public bool Labels { get; private init; }

    /// <summary>True when a telemetry period or the choice of predictions differs.</summary>
    public bool Telemetry { get; private init; }

    /// <summary>Names of the models that only the new file has.</summary>
    public required IReadOnlyList<string> Added { get; init; }

    /// <summary>Names of the models that only the old file has.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>Names of the models that both have, with differences: their sample path is made anew.</summary>
    public required IReadOnlyList<string> Replaced { get; init; }

    /// <summary>Names in <c>sensors</c> whose description differs, or that only one file has.</summary>
    public IReadOnlyList<string> Sensors { get; private init; } = [];

    /// <summary>Members that differ and are only read at start, such as <c>link.host</c>.</summary>
    public required IReadOnlyList<string> NeedRestart { get; init; }

    /// <summary>Two files that say the same.</summary>
    public static ConfigurationChanges None { get; } = new() { Added = [], Removed = [], Replaced = [], NeedRestart = [] };

    /// <summary>Compares two files, both found good before.</summary>
    public static ConfigurationChanges Between(JsonValue before, JsonValue after)
    {
        Dictionary<string, JsonValue> old = Models(before);
        Dictionary<string, JsonValue> now = Models(after);
        List<string> fixedMembers = [];
        foreach (string name in before.Members.Concat(after.Members).Select(member => member.Name).Distinct().Where(name => name is not ("labels" or "models" or "sensors")))
        {
            JsonValue? one = before.Find(name)?.Value;
            JsonValue? other = after.Find(name)?.Value;
            if (one?.Kind != JsonKind.Object && other?.Kind != JsonKind.Object)
            {
                fixedMembers.AddRange(Same(one, other) ? [] : [name]);
                continue;
            }

            // An absent object is one without members: writing out a default changes nothing that is there.
            fixedMembers.AddRange(Members(one).Concat(Members(other)).Select(member => member.Name).Distinct()
                .Where(member => !(name == "telemetry" && LiveTelemetry.Contains(member)))
                .Where(member => !Same(one?.Find(member)?.Value, other?.Find(member)?.Value))
                .Select(member => $"{name}.{member}"));
        }

        return new ConfigurationChanges
        {
            Labels = !Same(before.Find("labels")?.Value, after.Find("labels")?.Value),
            Telemetry = LiveTelemetry.Any(member => !Same(Telemetries(before, member), Telemetries(after, member))),
            Added = [.. now.Keys.Where(name => !old.ContainsKey(name))],
            Removed = [.. old.Keys.Where(name => !now.ContainsKey(name))],
            Replaced = [.. now.Keys.Where(name => old.TryGetValue(name, out JsonValue? was) && !Same(was, now[name]))],
            Sensors = [.. Members(before.Find("sensors")?.Value).Concat(Members(after.Find("sensors")?.Value))
                .Select(member => member.Name).Distinct()
                .Where(name => !Same(before.Find("sensors")?.Value.Find(name)?.Value, after.Find("sensors")?.Value.Find(name)?.Value))],
            NeedRestart = fixedMembers,
        };
    }

    /// <summary>Compares by content: where a value stands in its file, and in which order members were written, means nothing.</summary>
    public static bool Same(JsonValue? one, JsonValue? other)
    {
        if (one is null || other is null)
        {
            return one is null && other is null;
        }

        return one.Kind == other.Kind && one.Text == other.Text
            && one.Items.Count == other.Items.Count && one.Members.Count == other.Members.Count
            && one.Items.Zip(other.Items).All(pair => Same(pair.First, pair.Second))
            && one.Members.All(member => other.Find(member.Name) is JsonMember twin && Same(member.Value, twin.Value));
    }

    private static JsonValue? Telemetries(JsonValue root, string member) => root.Find("telemetry")?.Value.Find(member)?.Value;

    private static Dictionary<string, JsonValue> Models(JsonValue root) =>
        (root.Find("models")?.Value.Items ?? []).ToDictionary(model => model.Find("name")!.Value.Text);

    private static IReadOnlyList<JsonMember> Members(JsonValue? value) => value?.Members ?? [];
}
