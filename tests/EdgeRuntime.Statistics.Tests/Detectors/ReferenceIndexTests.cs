using System.Text.Json;
using EdgeRuntime.Contracts.Tests;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Statistics.Tests.Detectors;

public sealed class ReferenceIndexTests
{
    // Streams and indices of river's, scikit-multiflow's and Frouros' own tests and docstrings; Fixtures/detectors.py says which.
    public static TheoryData<int, string> Cases()
    {
        TheoryData<int, string> data = [];
        int number = 0;
        foreach (JsonElement each in Fixture().GetProperty("cases").EnumerateArray())
        {
            data.Add(number++, $"{each.GetProperty("id")} {each.GetProperty("detector")} {each.GetProperty("stream")}");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Changes_are_found_where_the_libraries_that_devised_the_streams_find_them(int number, string _)
    {
        JsonElement fixture = Fixture();
        JsonElement wanted = fixture.GetProperty("cases")[number];
        double[] stream = Numbers(fixture.GetProperty("streams").GetProperty(wanted.GetProperty("stream").GetString()!));
        IDriftDetector detector = Make(
            wanted.GetProperty("detector").GetString()!,
            wanted.GetProperty("parameters").EnumerateObject().Select(each => KeyValuePair.Create(each.Name, each.Value.GetString()!)));

        Assert.Equal(Indices(wanted.GetProperty("alarms")), Alarms(detector, stream));
    }

    [MaterialTheory("drift_streams/expected.json")]
    [InlineData("PageHinkley", "page_hinkley", "two_sided=no")]
    [InlineData("DDM", "ddm", "")]
    [InlineData("EDDM", "eddm", "")]
    [InlineData("HDDM_A", "hddm_a", "")]
    [InlineData("HDDM_A_second", "hddm_a", "decreases=restart")]
    [InlineData("HDDM_W", "hddm_w", "")]
    [InlineData("HDDM_W_second", "hddm_w", "")]
    public void Changes_are_found_where_scikit_multiflow_finds_them(string name, string detector, string parameter)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Material.Find("drift_streams/expected.json")!));
        JsonElement wanted = expected.RootElement.GetProperty(name);
        string[] given = parameter.Split('=');

        IDriftDetector made = Make(detector, parameter.Length == 0 ? [] : [KeyValuePair.Create(given[0], given[1])]);

        Assert.Equal(Indices(wanted.GetProperty("expected_indices")), Alarms(made, Stream(wanted.GetProperty("stream").GetString()!)));
    }

    [MaterialFact("drift_streams/drift_stream.csv")]
    public void Adwin_that_tries_every_cut_needs_half_as_many_alarms_as_one_that_does_not() =>
        Assert.Equal([1023, 1055], Alarms(new Adwin(new AdwinOptions()), Stream("drift_stream")));

    private static IDriftDetector Make(string detector, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        List<string> mistakes = [];
        DetectorKind kind = DetectorKinds.Find(detector)!;
        IDriftDetector made = kind.Create(DetectorSettings.Read(kind, parameters, mistakes), []);
        Assert.Empty(mistakes);
        return made;
    }

    private static List<int> Alarms(IDriftDetector detector, double[] stream)
    {
        List<int> alarms = [];
        for (int i = 0; i < stream.Length; i++)
        {
            if (detector.Update(stream[i]) == DriftSignal.Drift)
            {
                alarms.Add(i);
            }
        }

        return alarms;
    }

    private static JsonElement Fixture()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "detectors.json")));
        return document.RootElement.Clone();
    }

    private static IEnumerable<int> Indices(JsonElement array) => array.EnumerateArray().Select(each => each.GetInt32());

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(each => each.GetDouble())];

    private static double[] Stream(string name) =>
        [.. File.ReadLines(Material.Find($"drift_streams/{name}.csv")!).Select(line =>
            double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
}
