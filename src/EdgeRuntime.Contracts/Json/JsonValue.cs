namespace EdgeRuntime.Contracts.Json;

/// <summary>A place in a text file as editors show it: from 1, columns in characters. (0, 0) is all of it.</summary>
public readonly record struct JsonPosition(int Line, int Column);

/// <summary>What a JSON value is.</summary>
public enum JsonKind
{
    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>A number; <see cref="JsonValue.Text"/> holds it as written.</summary>
    Number,

    /// <summary>A string; <see cref="JsonValue.Text"/> holds it without quotes and escapes.</summary>
    Text,

    /// <summary>An array; see <see cref="JsonValue.Items"/>.</summary>
    Array,

    /// <summary>An object; see <see cref="JsonValue.Members"/>.</summary>
    Object,
}

/// <summary>One member of an object: its name, where the name stands, and its value.</summary>
public sealed record JsonMember(string Name, JsonPosition NamePosition, JsonValue Value);

/// <summary>One value of a parsed file, which knows where it was written so that a mistake can point at it.</summary>
public sealed class JsonValue
{
    private const int IndexedFrom = 16;

    private Dictionary<string, JsonMember>? _index;

    private JsonValue(JsonKind kind, string file, JsonPosition position, string text)
    {
        Kind = kind;
        File = file;
        Position = position;
        Text = text;
    }

    /// <summary>What it is.</summary>
    public JsonKind Kind { get; }

    /// <summary>File it stands in; values merged from several files keep their own.</summary>
    public string File { get; }

    /// <summary>Where it begins.</summary>
    public JsonPosition Position { get; }

    /// <summary>A string's content, a number or boolean as written; empty for the others.</summary>
    public string Text { get; }

    /// <summary>An array's values; empty for the others.</summary>
    public IReadOnlyList<JsonValue> Items { get; private init; } = [];

    /// <summary>An object's members in the order written, every name once; empty for the others.</summary>
    public IReadOnlyList<JsonMember> Members { get; private init; } = [];

    /// <summary>How an error names the value: <c>the text "abc"</c>, <c>the number 7</c>, <c>an object</c>.</summary>
    public string Described => Kind switch
    {
        JsonKind.Null => "null",
        JsonKind.Bool => Text,
        JsonKind.Number => $"the number {Shortened(Text)}",
        JsonKind.Text => $"the text \"{Shortened(Text)}\"",
        JsonKind.Array => "an array",
        _ => "an object",
    };

    /// <summary>Finds a member, or null.</summary>
    public JsonMember? Find(string name)
    {
        if (Members.Count > IndexedFrom)
        {
            // Asked once for each of its names, an object of a hundred thousand would else take hours.
            _index ??= Members.ToDictionary(member => member.Name, StringComparer.Ordinal);
            return _index.GetValueOrDefault(name);
        }

        foreach (JsonMember member in Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>
    /// Lays this object over <paramref name="basis"/>: members of both that are objects are merged in the same way,
    /// otherwise this one's value stands. Every value keeps its own file and position. What is not an object replaces;
    /// an object of <c>append</c> alone, with an array, lays that array behind the basis's.
    /// </summary>
    public JsonValue Over(JsonValue basis)
    {
        if (Appended is JsonValue more)
        {
            return basis.Kind == JsonKind.Array ? Array(File, Position, [.. basis.Items, .. more.Items]) : more;
        }

        if (Kind != JsonKind.Object || basis.Kind != JsonKind.Object)
        {
            return this;
        }

        List<JsonMember> merged = [];
        foreach (JsonMember member in basis.Members)
        {
            JsonMember? own = Find(member.Name);
            merged.Add(own is null ? member : own with { Value = own.Value.Over(member.Value) });
        }

        merged.AddRange(Members.Where(member => basis.Find(member.Name) is null)
            .Select(member => member with { Value = member.Value.Appended ?? member.Value.OverNothing() }));
        return Object(File, Position, merged);
    }

    /// <summary>The same with every member of <c>append</c> alone turned into its array: what <see cref="Over"/> nothing makes.</summary>
    public JsonValue OverNothing() => Kind == JsonKind.Object ? Over(Object(File, Position, [])) : this;

    /// <summary>This object with one member set; in its old place when it was there, else as the last.</summary>
    public JsonValue With(string name, JsonValue value) => Find(name) is null
        ? Object(File, Position, [.. Members, new JsonMember(name, value.Position, value)])
        : Object(File, Position, [.. Members.Select(member => member.Name == name ? member with { Value = value } : member)]);

    /// <summary>This object without a member.</summary>
    public JsonValue Without(string name) => Object(File, Position, [.. Members.Where(member => member.Name != name)]);

    private JsonValue? Appended => Kind == JsonKind.Object && Members is [{ Name: "append", Value: { Kind: JsonKind.Array } items }] ? items : null;

    /// <summary>A text that stands in no file yet.</summary>
    internal static JsonValue Of(string text) => Scalar(JsonKind.Text, "", default, text);

    /// <summary>A whole number that stands in no file yet.</summary>
    internal static JsonValue Of(long number) =>
        Scalar(JsonKind.Number, "", default, number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A boolean that stands in no file yet.</summary>
    internal static JsonValue Of(bool truth) => Scalar(JsonKind.Bool, "", default, truth ? "true" : "false");

    /// <summary>An array that stands in no file yet.</summary>
    internal static JsonValue Of(IEnumerable<JsonValue> items) => Array("", default, [.. items]);

    /// <summary>An object that stands in no file yet.</summary>
    internal static JsonValue Of(params ReadOnlySpan<(string Name, JsonValue Value)> members)
    {
        List<JsonMember> list = [];
        foreach ((string name, JsonValue value) in members)
        {
            list.Add(new JsonMember(name, default, value));
        }

        return Object("", default, list);
    }

    internal static JsonValue Scalar(JsonKind kind, string file, JsonPosition position, string text) =>
        new(kind, file, position, text);

    internal static JsonValue Array(string file, JsonPosition position, IReadOnlyList<JsonValue> items) =>
        new(JsonKind.Array, file, position, "") { Items = items };

    internal static JsonValue Object(string file, JsonPosition position, IReadOnlyList<JsonMember> members) =>
        new(JsonKind.Object, file, position, "") { Members = members };

    // Text of the file ends up in a terminal and in logs: short, and without control characters.
    internal static string Shortened(string text)
    {
        const int Longest = 60;
        string cut = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
        return Printable(cut);
    }

    internal static string Printable(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && text.AsSpan().IndexOfAnyInRange('\x7f', '\x9f') < 0
            ? text
            : string.Create(text.Length, text, static (to, from) =>
            {
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
                }
            });
}
