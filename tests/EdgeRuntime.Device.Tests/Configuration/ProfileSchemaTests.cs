using System.Text;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using JsonValue = System.Text.Json.Nodes.JsonValue;

namespace EdgeRuntime.Device.Tests.Configuration;

/// <summary>The schema, the reader and the shipped profiles say the same.</summary>
public sealed class ProfileSchemaTests
{
    private static readonly string[] BeyondOneMember =
        ["without architecture", "without buses", "buses = []", "buses.0.kind = ", "instruction_sets.0 = ", "memory_bytes.0 = "];

    public static TheoryData<string> Shipped => [.. ProfileFiles.Known([ProfileSchema.Folder])];

    public static TheoryData<string> Boards => [.. ProfileFiles.Known([ProfileSchema.Folder]).Where(name => name != "base-linux")];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_profile_is_valid_under_the_schema(string name)
    {
        JsonNode? file = JsonNode.Parse(File.ReadAllText(Path.Combine(ProfileSchema.Folder, $"{name}.json")));

        Assert.Empty(ProfileSchema.Judge(file, ProfileSchema.Root));
        Assert.Equal(name, file!["name"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_shipped_profile_is_read_without_a_mistake(string name)
    {
        Mistakes mistakes = new();

        DeviceProfile? profile = DeviceProfile.Inspect(name, [ProfileSchema.Folder], mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.Equal(name, profile!.Name);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_fact_of_a_board_has_its_source(string name)
    {
        JsonObject file = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(ProfileSchema.Folder, $"{name}.json")))!;
        string[] sources = [.. (file["sources"] as JsonObject ?? []).Select(source => source.Key)];
        string[] plain = ["$schema", "inherits", "name", "description", "architecture", "sources"];

        // The three that every board starts from hold defaults of this program, not facts about anything.
        string[] bare = name is "base-linux" or "linux-x64" or "linux-arm64" ? ["inference", "limits"] : [];
        Assert.All(
            file.Select(member => member.Key).Except(plain).Except(bare),
            member => Assert.Contains(sources, source => source == member || source.StartsWith(member + ".", StringComparison.Ordinal)));
        Assert.All(sources, source => Assert.NotNull(At(file, [.. source.Split('.')])));
    }

    [Fact]
    public void The_reader_takes_every_member_of_the_schema_and_the_schema_feeds_every_property_of_the_reader()
    {
        JsonObject everything = Everything();

        DeviceProfile profile = Read(everything, out Mistakes mistakes)!;

        Assert.Empty(mistakes.Lines());
        Assert.Empty(ProfileSchema.Judge(everything, ProfileSchema.Root));
        Assert.Empty(Defaults(profile, new DeviceProfile { Name = "", Architecture = "" }, "profile"));
        Assert.Empty(Defaults(profile.Inference, new InferenceOptions(), "inference"));
        Assert.Empty(Defaults(profile.RealTime, new RealTimeOptions(), "realtime").Except(["realtime.PreciseWait"]));
        Assert.Empty(Defaults(profile.Limits, new DeviceLimits(), "limits"));
        Assert.Empty(Defaults(profile.Power, new PowerFacts(), "power"));
    }

    [Fact]
    public void Schema_and_reader_refuse_the_same_values()
    {
        JsonObject everything = Everything();
        List<string> differing = [];
        foreach ((string path, Action<JsonObject> spoil) in Spoilers(ProfileSchema.Root, [], everything))
        {
            JsonObject spoiled = (JsonObject)everything.DeepClone();
            spoil(spoiled);
            spoiled = Reparsed(spoiled);
            bool bySchema = ProfileSchema.Judge(spoiled, ProfileSchema.Root).Count > 0;
            bool byReader = Read(spoiled, out _) is null;
            if (bySchema != byReader)
            {
                differing.Add($"{path}: the schema {(bySchema ? "refuses" : "takes")} it, the reader {(byReader ? "refuses" : "takes")} it");
            }
        }

        // What the schema of one file cannot say: an architecture may be inherited, pins lie on a bus of kind gpio, instruction
        // sets belong to an architecture, and a budget fits into the memory.
        differing.RemoveAll(line => line.EndsWith("the schema takes it, the reader refuses it", StringComparison.Ordinal)
            && BeyondOneMember.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
        Assert.True(differing.Count == 0, string.Join("\n", differing));
    }

    // One change to each member: the wrong kind, one beyond each end of the range, a word that is not known, absence, a stranger.
    private static IEnumerable<(string Path, Action<JsonObject> Spoil)> Spoilers(JsonObject schema, object[] at, JsonNode sample)
    {
        schema = schema["oneOf"] is JsonArray choices ? (JsonObject)choices[0]! : schema;
        string path = string.Join(".", at);
        if (at.Length > 0 && path is not ("name" or "architecture" or "inherits"))
        {
            yield return ($"{path} = true or 5", root => Put(root, at, sample is JsonValue v && v.TryGetValue(out bool _) ? JsonValue.Create(5) : JsonValue.Create(true)));
        }

        if (schema["minimum"] is JsonNode minimum)
        {
            double step = schema["type"]!.GetValue<string>() == "integer" ? 1 : 0.0001;
            double low = minimum.GetValue<double>();
            double high = schema["maximum"]!.GetValue<double>();
            yield return ($"{path} = {low - step}", root => Put(root, at, Number(low - step, step)));
            yield return ($"{path} = {high + step}", root => Put(root, at, Number(high + step, step)));
            yield return ($"{path} = {low}", root => Put(root, at, Number(low, step)));
        }

        if (schema["enum"] is JsonArray words)
        {
            yield return ($"{path} = nonsense", root => Put(root, at, JsonValue.Create("nonsense")));
            foreach (JsonNode? word in words.Where(_ => path != "architecture"))
            {
                yield return ($"{path} = {word}", root => Put(root, at, word!.DeepClone()));
            }
        }

        if (sample is JsonObject o && schema["properties"] is JsonObject properties)
        {
            yield return ($"{path}.stranger", root => ((JsonObject)At(root, at)!)["stranger"] = 1);
            foreach ((string name, JsonNode? member) in properties)
            {
                object[] inner = [.. at, name];
                yield return ($"without {string.Join(".", inner)}", root => ((JsonObject)At(root, at)!).Remove(name));
                foreach ((string, Action<JsonObject>) spoiler in Spoilers((JsonObject)member!, inner, o[name]!))
                {
                    yield return spoiler;
                }
            }
        }

        if (sample is JsonArray a)
        {
            yield return ($"{path} = []", root => Put(root, at, new JsonArray()));
            foreach ((string, Action<JsonObject>) spoiler in Spoilers((JsonObject)schema["items"]!, [.. at, 0], a[0]!))
            {
                yield return spoiler;
            }
        }
    }

    private static JsonValue Number(double number, double step) => step == 1 ? JsonValue.Create((long)number) : JsonValue.Create(number);

    private static JsonNode? At(JsonNode root, object[] path) =>
        path.Aggregate((JsonNode?)root, (at, step) => step is int index ? at![index] : at![(string)step]);

    private static void Put(JsonObject root, object[] path, JsonNode value)
    {
        JsonNode parent = At(root, path[..^1])!;
        if (path[^1] is int index)
        {
            parent[index] = value;
        }
        else
        {
            parent[(string)path[^1]] = value;
        }
    }

    // What depends on another member cannot come out of the schema alone.
    private static JsonObject Everything()
    {
        JsonObject everything = (JsonObject)ProfileSchema.Sample(ProfileSchema.Root);
        everything.Remove("inherits");
        everything["architecture"] = "arm64";
        everything["cores"]![0]!["numbers"] = new JsonArray([.. Enumerable.Range(0, 1024).Select(core => (JsonNode)core)]);
        everything["instruction_sets"] = new JsonArray("asimd");
        everything["limits"]!["resident_bytes_max"] = 1 << 20;
        return Reparsed(everything);
    }

    // Numbers as they are in a file, not as they were put in.
    private static JsonObject Reparsed(JsonObject made) => (JsonObject)JsonNode.Parse(made.ToJsonString())!;

    private static DeviceProfile? Read(JsonObject file, out Mistakes mistakes)
    {
        mistakes = new Mistakes();
        int before = mistakes.Found;
        EdgeRuntime.Contracts.Json.JsonValue? parsed = JsonFile.Parse(Encoding.UTF8.GetBytes(file.ToJsonString()), "everything.json", mistakes);
        DeviceProfile profile = JsonObjectReader.Read(parsed!.OverNothing(), "", mistakes, reader => DeviceProfileReader.Read(reader, null));
        return mistakes.Found == before ? profile : null;
    }

    private static IEnumerable<string> Defaults<T>(T read, T empty, string path) => typeof(T).GetProperties()
        .Where(property => property.CanWrite && SameAs(property.GetValue(read), property.GetValue(empty)))
        .Select(property => $"{path}.{property.Name}");

    private static bool SameAs(object? read, object? empty) => read is System.Collections.IEnumerable items and not string
        ? !items.GetEnumerator().MoveNext()
        : Equals(read, empty);
}
