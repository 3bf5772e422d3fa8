using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about captures: a simulated day whose samples are often unsure or novel, on real data.</summary>
internal static class CaptureRows
{
    public static void Add(MonitoringOptions options, Figures figures)
    {
        if (options.Material is not { } material)
        {
            figures.Add(new Figure("capture: clips with a frame too many, too few or out of order", null, "clips", "the test material is absent", 0));
            return;
        }

        CaptureSpec spec = new() { UncertainMargin = 0.1, NovelFeatures = 2, Drifting = false };
        CaptureDay day = new CaptureDay(spec).Live(material, OnnxEnvironment.Open(options.Library));
        string reasons = string.Join(", ", day.Clips.GroupBy(clip => clip.Reason).OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));
        string what = string.Create(CultureInfo.InvariantCulture, $"{day.Clips.Count} clips ({reasons}) of {CaptureDay.Frames} frames, a restart at noon");
        figures.Add(new Figure(
            "capture: clips with a frame too many, too few or out of order", day.Inexact, "clips",
            $"each must be the {spec.Before} frames before, its own and the {spec.After} after, with an answer each; {what}; {day.Dropped} frames and answers found no room in the tap", 0));
        long refused = day.Counts.Sum(counts => counts.OverDay);
        figures.Add(new Figure(
            "capture: bytes written in a day, of those allowed", 100.0 * day.Written / spec.BytesPerDay, "%",
            string.Create(CultureInfo.InvariantCulture, $"{day.Written} bytes, all that was written beside the clips among them, of {spec.BytesPerDay}; {refused} clips were refused for that, {day.Withheld} reasons came too soon or during a clip; the restart renewed nothing"), 100));
        figures.Add(new Figure(
            "capture: most bytes on the medium, of those allowed", 100.0 * day.MostStored / spec.MaxBytes, "%",
            $"{day.MostStored} bytes of {spec.MaxBytes}; {day.Counts.Sum(counts => counts.Evicted.Values.Sum())} clips went to make room"));
        figures.Add(new Figure("capture: managed bytes of the sample path", day.Allocated, "B", $"of {CaptureDay.Frames} frames, reading to decision, with everything left for captures", 0));
        Private(day, what, figures);
    }

    private static void Private(CaptureDay day, string what, Figures figures)
    {
        string filters = string.Join(", ", CaptureDay.Privacy.Select(filter => $"{filter.Channel} {filter.Filter}"));
        figures.Add(new Figure(
            "capture: numbers of private channels in the files", day.Leaked, "numbers",
            $"every eight bytes of all files against the {day.Compared} values that were filtered ({filters}), each unlike all others; {what}", 0));
        const int Co2 = 3;
        int beside = Values(day, Co2).Count(value => value / 50 != Math.Round(value / 50));
        figures.Add(new Figure(
            "capture: values of private channels that are kept as they were", day.Unfiltered, "values",
            $"of {day.Compared}; temperature is kept {Values(day, 0).Count(double.IsFinite)} times, and co2 {beside} times beside its steps of 50", 0));
    }

    private static double[] Values(CaptureDay day, int channel) =>
        [.. day.Clips.SelectMany(clip => clip.Frames.Select(frame => frame.Values.Span[channel]))];
}
