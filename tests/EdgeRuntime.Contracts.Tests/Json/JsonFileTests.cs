using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Json;

public sealed class JsonFileTests
{
    public static TheoryData<string> SyntaxErrors => Fixture.Named("invalid", "syntax_");

    [Theory]
    [MemberData(nameof(SyntaxErrors))]
    public void A_syntax_error_is_one_mistake_with_its_place(string name)
    {
        Mistakes mistakes = new();

        JsonValue? root = JsonFile.Parse(Fixture.Bytes("invalid", name), name, mistakes);

        Assert.Null(root);
        Fixture.AssertExpected(name, mistakes.Lines());
        Assert.Single(mistakes);
    }

    [Fact]
    public void Every_value_knows_its_line_and_its_column_in_characters()
    {
        Mistakes mistakes = new();
        byte[] text = "\uFEFF{\r\n  \"Grüße 🌡\": [1, true],\r\n\t\"b\" : null }"u8.ToArray();

        JsonValue root = JsonFile.Parse(text, "f", mistakes)!;

        Assert.Empty(mistakes);
        Assert.Equal(new JsonPosition(1, 1), root.Position);
        Assert.Equal("Grüße 🌡", root.Members[0].Name);
        Assert.Equal(new JsonPosition(2, 3), root.Members[0].NamePosition);
        Assert.Equal(new JsonPosition(2, 14), root.Members[0].Value.Position);
        Assert.Equal(new JsonPosition(2, 18), root.Members[0].Value.Items[1].Position);
        Assert.Equal(new JsonPosition(3, 8), root.Members[1].Value.Position);
    }

    [Fact]
    public void The_tree_of_a_file_says_what_the_platforms_own_parser_says()
    {
        byte[] text = """{"a":[1,-2.5e3,"x\n\u00e9",true,false,null,{}],"b":{"c":[[],[0]]},"":"empty name"}"""u8.ToArray();

        JsonValue root = JsonFile.Parse(text, "f", new Mistakes())!;

        using JsonDocument expected = JsonDocument.Parse(text);
        AssertSame(expected.RootElement, root);
    }

    [Fact]
    public void Nothing_cut_or_flipped_out_of_a_file_throws_and_a_refusal_always_has_a_mistake()
    {
        byte[] whole = """{ "a": [1, 2.5, "tä\u00fc\ud83c\udf21"], "b": { "c": null, "d": [true, false] } }"""u8.ToArray();
        for (int at = 0; at < whole.Length; at++)
        {
            AssertParsesOrSaysWhy(whole[..at]);
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. whole];
                flipped[at] ^= (byte)(1 << bit);
                AssertParsesOrSaysWhy(flipped);
            }
        }
    }

    [Fact]
    public void Nesting_beyond_the_bound_is_refused_where_it_begins_and_one_level_less_is_read()
    {
        Mistakes mistakes = new();
        JsonLimits limits = new(Depth: 3);

        Assert.NotNull(JsonFile.Parse("[[[1]]]"u8, "f", mistakes, limits));
        Assert.Empty(mistakes);
        Assert.Null(JsonFile.Parse("[[[{}]]]"u8, "f", mistakes, limits));

        Assert.Equal("f:1:4: nested deeper than 3 levels", Assert.Single(mistakes.Lines()));
    }

    [Fact]
    public void A_file_over_the_size_bound_is_refused_without_being_parsed()
    {
        Mistakes mistakes = new();

        Assert.Null(JsonFile.Parse("not json at all"u8, "f", mistakes, new JsonLimits(Bytes: 14)));

        Assert.Equal("f: has 15 bytes, more than the 14 that are read", Assert.Single(mistakes.Lines()));
    }

    [Fact]
    public void A_file_that_is_not_there_and_one_that_is_a_directory_are_each_one_mistake()
    {
        Mistakes mistakes = new();
        string directory = Path.GetTempPath();

        JsonFile.Load(Path.Combine(directory, "no such file.json"), mistakes, _ => "", name: "a.json");
        JsonFile.Load(directory, mistakes, _ => "", name: "b.json");

        Assert.Equal(["a.json: there is no such file", "b.json: is a directory, not a file"], mistakes.Lines());
    }

    [Fact]
    public void Of_a_name_given_twice_the_first_stands_and_the_second_is_a_mistake()
    {
        Mistakes mistakes = new();

        JsonValue root = JsonFile.Parse("{\n\"a\": 1,\n \"a\": 2 }"u8, "f", mistakes)!;

        Assert.Equal("1", root.Find("a")!.Value.Text);
        Assert.Equal("f:3:2: 'a' stands here a second time; the first is on line 2", Assert.Single(mistakes.Lines()));
    }

    [Theory]
    [InlineData("\\u001b[2J")]
    [InlineData("\\u009b2J")]
    [InlineData("\\u0000")]
    [InlineData("\\n")]
    public void What_a_terminal_would_obey_does_not_reach_it_in_a_mistake(string written)
    {
        Mistakes mistakes = new();

        JsonFile.Read(System.Text.Encoding.UTF8.GetBytes($$"""{ "a": "{{written}}" }"""), "f.json", mistakes, root =>
            root.RequiredString("a", text => $"'{text}' is not known"));

        Assert.DoesNotContain(Assert.Single(mistakes.Lines()), char.IsControl);
    }

    [Fact]
    public void Merged_objects_keep_the_file_and_place_of_every_value()
    {
        Mistakes mistakes = new();
        JsonValue basis = JsonFile.Parse("""{"a": {"x": 1, "y": 2}, "b": [1], "c": 3}"""u8, "base", mistakes)!;
        JsonValue board = JsonFile.Parse("""{"a": {"y": 5, "z": 6}, "b": []}"""u8, "board", mistakes)!;

        JsonValue merged = board.Over(basis);

        Assert.Equal(["a", "b", "c"], merged.Members.Select(m => m.Name));
        JsonValue a = merged.Find("a")!.Value;
        Assert.Equal(
            ["x base 1", "y board 5", "z board 6"],
            a.Members.Select(m => $"{m.Name} {m.Value.File} {m.Value.Text}"));
        Assert.Empty(merged.Find("b")!.Value.Items);
        Assert.Equal("base", merged.Find("c")!.Value.File);
        Assert.Equal(new JsonPosition(1, 13), a.Find("y")!.Value.Position);
    }

    private static void AssertParsesOrSaysWhy(byte[] text)
    {
        Mistakes mistakes = new();
        JsonValue? root = JsonFile.Parse(text, "f", mistakes);
        bool valid = Parses(text);

        Assert.True(root is not null == valid || mistakes.Any, Encoding.Latin1.GetString(text));
        Assert.True(valid || root is null, "read although it is not JSON: " + Encoding.Latin1.GetString(text));
    }

    private static bool Parses(byte[] text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void AssertSame(JsonElement expected, JsonValue actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.Members.Select(m => m.Name));
                foreach ((JsonProperty property, JsonMember member) in expected.EnumerateObject().Zip(actual.Members))
                {
                    AssertSame(property.Value, member.Value);
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.Items.Count);
                foreach ((JsonElement item, JsonValue value) in expected.EnumerateArray().Zip(actual.Items))
                {
                    AssertSame(item, value);
                }

                break;
            case JsonValueKind.String:
                Assert.Equal((JsonKind.Text, expected.GetString()), (actual.Kind, actual.Text));
                break;
            case JsonValueKind.Null:
                Assert.Equal(JsonKind.Null, actual.Kind);
                break;
            default:
                Assert.Equal(expected.GetRawText(), actual.Text);
                break;
        }
    }
}
