using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>Reads what one feature of a manifest asks for.</summary>
internal static class FeatureResolution
{
    private static readonly string[] Transforms = ["none", "log1p", "sqrt"];

    /// <summary>Resolves a feature.</summary>
    /// <param name="windowIsRight">False when the window itself is a mistake; lines of a band cannot be counted then.</param>
    /// <param name="path">Path of the feature, for the mistakes.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    /// <returns>Null when anything was wrong.</returns>
    public static ResolvedFeature? Resolve(
        FeatureSpec spec, PipelineSpec pipeline, bool windowIsRight, string path, List<string> mistakes)
    {
        int before = mistakes.Count;
        int transform = Array.IndexOf(Transforms, spec.Transform);
        if (transform < 0)
        {
            mistakes.Add($"{path}.transform: '{spec.Transform}' is none of {string.Join(", ", Transforms)}");
        }

        CheckScaling(spec, path, mistakes);
        int first = 0;
        int end = 0;
        if (!StatisticNames.TryParse(spec.Statistic, out StatisticKind kind))
        {
            mistakes.Add($"{path}.statistic: '{spec.Statistic}' is none of {string.Join(", ", StatisticNames.All)}"
                + Spelling.Hint(spec.Statistic, StatisticNames.All));
        }
        else if (kind == StatisticKind.Quantile && !(spec.Quantile >= 0 && spec.Quantile <= 1))
        {
            mistakes.Add(spec.Quantile is null
                ? $"{path}.quantile: missing; statistic 'quantile' needs one from 0 to 1"
                : $"{path}.quantile: {spec.Quantile} is outside 0 to 1");
        }
        else if (kind == StatisticKind.BandEnergy)
        {
            (first, end) = Band(spec, pipeline, windowIsRight, path, mistakes);
        }

        return mistakes.Count > before
            ? null
            : new ResolvedFeature(kind, spec.Quantile ?? 0, first, end, new FeatureScaling(spec, (FeatureTransform)transform));
    }

    private static void CheckScaling(FeatureSpec spec, string path, List<string> mistakes)
    {
        if (!double.IsFinite(spec.Center))
        {
            mistakes.Add($"{path}.center: {spec.Center} is not finite");
        }

        if (!double.IsFinite(spec.Scale) || spec.Scale == 0)
        {
            mistakes.Add($"{path}.scale: {spec.Scale} cannot divide; a finite number other than 0 is needed");
        }

        if (spec.Clip is double clip && !(clip > 0))
        {
            mistakes.Add($"{path}.clip: {clip} is not greater than 0");
        }

        if (!float.IsFinite((float)spec.Missing))
        {
            mistakes.Add($"{path}.missing: {spec.Missing} is not a finite 32-bit number");
        }
    }

    private static (int First, int End) Band(
        FeatureSpec spec, PipelineSpec pipeline, bool windowIsRight, string path, List<string> mistakes)
    {
        if (windowIsRight && pipeline.WindowFrames < PowerSpectrum.ShortestWindow)
        {
            mistakes.Add($"{path}.statistic: 'band_energy' needs a window of at least {PowerSpectrum.ShortestWindow} frames");
            return default;
        }

        int before = mistakes.Count;
        if (!(spec.LowHz >= 0))
        {
            mistakes.Add(spec.LowHz is null
                ? $"{path}.low_hz: missing; statistic 'band_energy' needs one"
                : $"{path}.low_hz: {spec.LowHz} is below 0");
        }

        double half = pipeline.RateHz / 2;
        if (!(spec.HighHz <= half))
        {
            mistakes.Add(spec.HighHz is null
                ? $"{path}.high_hz: missing; statistic 'band_energy' needs one"
                : $"{path}.high_hz: {spec.HighHz} is above {half}, half the frames per second");
        }

        if (mistakes.Count > before || !windowIsRight)
        {
            return default;
        }

        int first = LineAtOrAbove(spec.LowHz.GetValueOrDefault(), pipeline);
        int end = LineAtOrAbove(spec.HighHz.GetValueOrDefault(), pipeline);
        if (first >= end)
        {
            double apart = pipeline.RateHz / pipeline.WindowFrames;
            mistakes.Add($"{path}.high_hz: no spectral line lies from {spec.LowHz} to below {spec.HighHz} Hz; "
                + $"lines are {apart:G4} Hz apart in a window of {pipeline.WindowFrames} frames");
        }

        return (first, end);
    }

    // The small step down forgives the rounding of a product, so that an edge put exactly on a line stays on it.
    private static int LineAtOrAbove(double hz, PipelineSpec pipeline) =>
        (int)Math.Ceiling((hz * pipeline.WindowFrames / pipeline.RateHz) - 1e-9);
}

/// <summary>What a feature asks for, before it has its place.</summary>
internal sealed record ResolvedFeature(
    StatisticKind Kind, double Quantile, int FirstLine, int EndLine, FeatureScaling Scaling);
