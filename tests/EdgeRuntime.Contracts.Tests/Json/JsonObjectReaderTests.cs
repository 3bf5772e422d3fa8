using EdgeRuntime.Contracts.Json;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Json;

public sealed class JsonObjectReaderTests
{
    public static TheoryData<string> Invalid => Fixture.Named("invalid", "record_");

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Every_mistake_of_a_file_is_listed_with_line_column_path_and_remedy(string name)
    {
        Mistakes mistakes = new();

        Plant? plant = JsonFile.Read(Fixture.Bytes("invalid", name), name, mistakes, ReadPlant);

        Assert.Null(plant);
        Fixture.AssertExpected(name, mistakes.Lines());
    }

    [Fact]
    public void A_right_file_fills_the_record_and_what_is_absent_takes_its_default()
    {
        Mistakes mistakes = new();

        Plant plant = JsonFile.Read(Fixture.Bytes("valid", "record.json"), "record.json", mistakes, ReadPlant)!;

        Assert.Empty(mistakes);
        Assert.Equal("press-7", plant.Name);
        Assert.Equal("warm", plant.Mode);
        Assert.Equal(2, plant.Sensors.Count);
        Assert.Equal(new Sensor(12.5, 3, true), plant.Sensors[0]);
        Assert.Equal(new Sensor(0.2, 1, false), plant.Sensors[1]);
        Assert.Equal([0.5, -1e-3], plant.Weights);
        Assert.Equal([("a", "text"), ("b", "7"), ("c", "true")], plant.Options.Select(o => (o.Key, o.Value)));
        Assert.Equal(long.MaxValue, plant.Serial);
    }

    [Fact]
    public void Mistakes_beyond_the_bound_are_counted_and_not_kept()
    {
        Mistakes mistakes = new();
        byte[] text = [.. "{"u8, .. System.Text.Encoding.UTF8.GetBytes(
            string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"unknown-{i}\": {i}"))), .. "}"u8];

        JsonFile.Read(text, "f", mistakes, _ => "");

        Assert.Equal(Mistakes.Capacity, mistakes.Count);
        Assert.Equal("and 150 more mistakes", mistakes.Lines().Last());
    }

    [Fact]
    public void An_array_longer_than_its_bound_is_one_mistake_and_is_not_read_beyond()
    {
        Mistakes mistakes = new();
        int read = 0;

        JsonFile.Read("""{"a": [{}, {}, {}, {}]}"""u8, "f", mistakes, root => root.Objects("a", _ => read++, max: 2));

        Assert.Equal("f:1:7: a: has 4 entries; 0 to 2 are allowed", Assert.Single(mistakes.Lines()));
        Assert.Equal(2, read);
    }

    [Fact]
    public void Control_characters_of_a_file_do_not_reach_the_terminal()
    {
        Mistakes mistakes = new();

        JsonFile.Read("""{"a": "\u001b[2Jx\u009b", "\u001b]0;": 1}"""u8, "f", mistakes, root => root.RequiredChoice("a", ["x"]));

        Assert.Equal(2, mistakes.Count);
        Assert.DoesNotContain(mistakes.ToString(), c => char.IsControl(c) && c != '\n');
    }

    [Theory]
    [InlineData("recal", "recall")]
    [InlineData("BAND_ENERGY", "band_energy")]
    [InlineData("kurtossis", "kurtosis")]
    [InlineData("x", null)]
    [InlineData("completely", null)]
    public void A_near_word_is_guessed_and_a_far_one_is_not(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(word, ["recall", "band_energy", "kurtosis", "mean"]));

    private static Plant ReadPlant(JsonObjectReader root) => new(
        root.RequiredString("name", text => text.Contains(' ') ? $"'{text}' holds a space" : null),
        root.Choice("mode", "cold", ["cold", "warm", "hot"]),
        root.RequiredObjects("sensors", ReadSensor, min: 1, max: 4),
        root.Doubles("weights", 0, 3, low: -1, high: 1),
        root.Texts("options"),
        root.Long("serial", 1, 1, long.MaxValue));

    private static Sensor ReadSensor(JsonObjectReader sensor) => new(
        sensor.RequiredDouble("rate_hz", 0.2, 50),
        sensor.Int("channels", 1, 1, 8),
        sensor.Bool("raw", false));

    private sealed record Plant(
        string Name,
        string Mode,
        IReadOnlyList<Sensor> Sensors,
        IReadOnlyList<double> Weights,
        IReadOnlyDictionary<string, string> Options,
        long Serial);

    private sealed record Sensor(double RateHz, int Channels, bool Raw);
}
