using System.Globalization;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>What a package with a model says, in the rows of a <see cref="PackageSheet"/>.</summary>
internal sealed class ModelSheet(ModelPackage package, Surroundings around, Action<string, string> row)
{
    private readonly ModelManifest _manifest = package.Manifest;

    /// <summary>Prints it.</summary>
    public void Print()
    {
        PrintModel();
        PrintPipeline();
        PrintDrift();
    }

    private static IEnumerable<string> ModelLines(ModelSpec model)
    {
        if (model.Members is not null)
        {
            IEnumerable<string> members = model.Members.Select(member =>
                member.Weight is double weight ? Invariant($"{member.File} ({weight})") : member.File);
            yield return $"{model.Combine ?? "mean"} of {string.Join(", ", members)}";
        }

        if (model.Variants is not null)
        {
            IEnumerable<string> variants = model.Variants.Select(variant => $"{variant.Name} ({variant.File})");
            yield return $"the fastest on the device of {string.Join(", ", variants)}";
        }

        foreach (StateSpec state in model.State ?? [])
        {
            yield return $"state: {state.Output} -> {state.Input}";
        }

        foreach ((string tensor, IReadOnlyList<double> values) in
            model.Constants ?? new Dictionary<string, IReadOnlyList<double>>())
        {
            yield return Invariant($"constant: {tensor} = {values[0]}{(values.Count > 1 ? ", ..." : "")}");
        }
    }

    private void PrintModel()
    {
        ModelSpec model = _manifest.Model;
        row("model", $"{model.File}: {model.Input} [{_manifest.Pipeline.InputLength()}] -> {string.Join(", ", model.OutputNames())}{Least(model)}");
        foreach (string line in ModelLines(model))
        {
            row("", line);
        }

        OutputSpec output = _manifest.Output;
        DecisionSpec decision = _manifest.Decision;
        string detail = output.Kind switch
        {
            "classification" => $"{string.Join(", ", output.Labels)} ({output.Activation})",
            "regression" => output.Unit ?? "no unit",
            _ => "mean squared error of the input",
        };
        row("output", $"{output.Kind}: {detail}");
        string hysteresis = decision.Hysteresis > 0 ? Invariant($", hysteresis {decision.Hysteresis}") : "";
        string rule = output.Kind == "classification"
            ? Invariant($"at a probability of {decision.Threshold}{hysteresis}")
            : Invariant($"\"{decision.Above}\" from {decision.Threshold}{hysteresis}, else \"{decision.Below}\"");
        row("decision", $"{rule}; \"{decision.Initial}\" before");
        foreach (string stage in DecisionStages(decision))
        {
            row("", stage);
        }

        SoakSpec soak = _manifest.Soak;
        string psi = soak.MaxPredictionPsi is double limit ? Invariant($", prediction PSI <= {limit}") : "";
        row("soak", Invariant(
            $"{soak.Samples} samples, failed <= {soak.MaxErrorShare:0.##%}, p99 <= {soak.MaxP99Ms} ms{psi}"));
        foreach ((string goal, double value) in _manifest.Goals.OrderBy(goal => goal.Key, StringComparer.Ordinal))
        {
            row("goal", Invariant($"{goal} = {value}"));
        }

        foreach (GateSpec gate in _manifest.Gates ?? [])
        {
            row("gate", Invariant($"{gate.Metric} {gate.Comparison.Replace('_', ' ')} {gate.Value}"));
        }

        foreach (string forced in _manifest.GatesForced ?? [])
        {
            row("forced", around.Red(forced));
        }
    }

    private static IEnumerable<string> DecisionStages(DecisionSpec decision)
    {
        foreach ((string label, double threshold) in decision.Thresholds ?? new Dictionary<string, double>())
        {
            yield return Invariant($"\"{label}\" at a probability of {threshold}");
        }

        if (decision.MinConfidence is double least)
        {
            yield return Invariant($"below a confidence of {least} {(decision.Uncertain is { } unsure ? $"\"{unsure}\"" : "as before")}");
        }

        if (decision.Vote is { } vote)
        {
            yield return Invariant($"{vote.K} of {vote.N} samples must agree");
        }

        if (decision.Debounce is { } debounce)
        {
            yield return $"must hold for {Span(debounce)}";
        }

        if (decision.Refractory is { } refractory)
        {
            yield return $"stays for {Span(refractory)} after a change";
        }

        if (decision.StaleMs is double stale)
        {
            yield return Invariant($"\"{decision.Stale}\" after {stale} ms without an answer");
        }
    }

    private static string Span(SampleSpanSpec span) => string.Join(" and ", new[]
    {
        span.Samples is int samples ? Invariant($"{samples} samples") : null,
        span.Ms is double ms ? Invariant($"{ms} ms") : null,
    }.OfType<string>());

    private void PrintPipeline()
    {
        PipelineSpec pipeline = _manifest.Pipeline;
        if (pipeline.Image is { } image)
        {
            row("pipeline", Invariant($"{pipeline.RateHz} Hz, pictures to {image.Width}x{image.Height} {image.Colour ?? "rgb"}, ")
                + $"{image.Fit ?? "stretch"}, {image.Resize ?? "bilinear"}, {image.Layout ?? "nchw"}, {image.Element ?? "float32"}");
            return;
        }

        row("pipeline", pipeline.Window is { } window
            ? Invariant($"{pipeline.RateHz} Hz, {window.Kind} windows by time, at most {pipeline.WindowFrames} frames")
            : Invariant($"{pipeline.RateHz} Hz, windows of {pipeline.WindowFrames} ({pipeline.WindowFrames / pipeline.RateHz:0.##} s), ")
                + Invariant($"a sample every {pipeline.HopFrames} ({pipeline.HopFrames / pipeline.RateHz:0.##} s)"));
        foreach (IGrouping<string?, FeatureSpec> channel in pipeline.Features.GroupBy(feature => feature.Channel))
        {
            string source = channel.Key is string name
                ? $"{name} [{_manifest.Channels.First(known => known.Name == name).Unit}]"
                : "crosses";
            row("features", $"{source}: {string.Join(", ", channel.Select(Shown))}");
        }
    }

    private void PrintDrift()
    {
        row("golden", Invariant($"{package.Golden.Vectors.Count} vectors, tolerance {package.Golden.Tolerance}"));
        row("drift", package.Profile is { } known
            ? Invariant($"reference of {known.Rows} rows, worth {known.EffectiveRows:0}; {known.Features.Count} features")
            : "no reference; drift is not watched");
    }

    private static string Shown(FeatureSpec feature)
    {
        string what = feature.Statistic switch
        {
            "quantile" => Invariant($"quantile {feature.Quantile}"),
            "band_energy" => Invariant($"{feature.LowHz} to {feature.HighHz} Hz"),
            "cross" => string.Join(" x ", feature.Cross ?? []),
            string statistic => statistic,
        };
        return feature.Transform == "none" ? what : $"{what} ({feature.Transform})";
    }

    private static string Least(ModelSpec model) =>
        model.MinOnnxruntime is null ? "" : $", ONNX Runtime {model.MinOnnxruntime} or newer";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
