using System.Text.Json;

namespace EdgeRuntime.Statistics.Tests.Quality;

/// <summary>Reference values that Fixtures/quality.py computed with Debian's numpy.</summary>
internal static class QualityFixture
{
    private static readonly JsonElement Root = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "quality.json"))).RootElement;

    public static JsonElement Of(string name) => Root.GetProperty(name);

    public static double[] Doubles(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    public static double Double(this JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
