using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeRuntime.Device.Tests.Configuration;

/// <summary>What of JSON Schema 2020-12 device-profiles/schema.json uses, applied to a document.</summary>
internal static class ProfileSchema
{
    public static string Folder { get; } = Find();

    public static JsonObject Root { get; } = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "schema.json")))!;

    /// <summary>What is wrong with a value, by its path; empty when it is valid.</summary>
    public static List<string> Judge(JsonNode? value, JsonObject schema, string path = "")
    {
        List<string> wrong = [];
        if (schema["oneOf"] is JsonArray choices)
        {
            int fitting = choices.Count(choice => Judge(value, (JsonObject)choice!, path).Count == 0);
            return fitting == 1 ? [] : [$"{path}: fits {fitting} of oneOf"];
        }

        string[] types = schema["type"] is JsonArray several ? [.. several.Select(type => type!.GetValue<string>())] : [schema["type"]!.GetValue<string>()];
        string kind = value switch
        {
            JsonObject => "object",
            JsonArray => "array",
            JsonValue v when v.TryGetValue(out string? _) => "string",
            JsonValue v when v.TryGetValue(out bool _) => "boolean",
            JsonValue v when v.TryGetValue(out long _) => "integer",
            JsonValue => "number",
            _ => "null",
        };
        if (!types.Contains(kind) && !(kind == "integer" && types.Contains("number")))
        {
            return [$"{path}: is {kind}"];
        }

        switch (value)
        {
            case JsonObject o:
                JsonObject? properties = schema["properties"] as JsonObject;
                foreach ((string name, JsonNode? member) in o)
                {
                    JsonNode? of = properties?[name] ?? schema["additionalProperties"];
                    wrong.AddRange(of is JsonObject inner ? Judge(member, inner, $"{path}.{name}") : [$"{path}.{name}: is not known"]);
                }

                foreach (JsonNode? required in schema["required"] as JsonArray ?? [])
                {
                    wrong.AddRange(o.ContainsKey(required!.GetValue<string>()) ? [] : [$"{path}.{required}: is missing"]);
                }

                break;
            case JsonArray a:
                bool few = a.Count < (schema["minItems"]?.GetValue<int>() ?? 0) || a.Count > (schema["maxItems"]?.GetValue<int>() ?? int.MaxValue);
                wrong.AddRange(few ? [$"{path}: has {a.Count} entries"] : []);
                wrong.AddRange(a.SelectMany((item, index) => Judge(item, (JsonObject)schema["items"]!, $"{path}[{index}]")));
                break;
            case JsonValue v when kind == "string":
                string text = v.GetValue<string>();
                bool bad = text.Length == 0
                    || (schema["enum"] is JsonArray words && !words.Any(word => word!.GetValue<string>() == text))
                    || (schema["pattern"] is JsonNode pattern && !Regex.IsMatch(text, pattern.GetValue<string>()));
                wrong.AddRange(bad ? [$"{path}: '{text}' is not allowed"] : []);
                break;
            case JsonValue v when kind is "integer" or "number":
                double number = double.Parse(v.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
                bool outside = number < (schema["minimum"]?.GetValue<double>() ?? double.MinValue) || number > (schema["maximum"]?.GetValue<double>() ?? double.MaxValue);
                wrong.AddRange(outside ? [$"{path}: {number} is outside"] : []);
                break;
        }

        return wrong;
    }

    /// <summary>A document with every member, each with an allowed value.</summary>
    public static JsonNode Sample(JsonObject schema, string name = "")
    {
        schema = schema["oneOf"] is JsonArray choices ? (JsonObject)choices[0]! : schema;
        string type = schema["type"] is JsonArray several ? several[0]!.GetValue<string>() : schema["type"]!.GetValue<string>();
        return type switch
        {
            "object" when schema["properties"] is JsonObject properties =>
                new JsonObject(properties.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)Sample((JsonObject)member.Value!, member.Key)))),
            "object" => new JsonObject { ["limits"] = "a document" },
            "array" => new JsonArray(Sample((JsonObject)schema["items"]!, name)),
            "integer" => JsonValue.Create((long)schema["maximum"]!.GetValue<double>()),
            "number" => JsonValue.Create(schema["maximum"]!.GetValue<double>()),
            "boolean" => JsonValue.Create(name is not ("arena" or "graph_cache")),
            _ when schema["enum"] is JsonArray words => JsonValue.Create(words[^1]!.GetValue<string>()),
            _ => JsonValue.Create(schema["pattern"] is null ? "header" : "/dev/null"),
        };
    }

    private static string Find()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "device-profiles", "schema.json")) || !File.Exists(Path.Combine(at.FullName, "EdgeRuntime.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        return Path.Combine(at.FullName, "device-profiles");
    }
}
