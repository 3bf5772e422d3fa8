using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Onnx;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about explanations: on real models and inputs, what each method misses to the whole answer, how far it lies from the exact
/// Shapley values, and what it costs.
/// </summary>
internal static class ExplainRows
{
    private const int Samples = 40;
    private const double MostIncomplete = 1e-6;

    public static void Add(MonitoringOptions options, Figures figures)
    {
        if (options.Material is not { } material)
        {
            figures.Add(new Figure("explain: completeness error of exact Shapley values", null, "", "the test material is absent", MostIncomplete));
        }
        else
        {
            OnnxEnvironment environment = OnnxEnvironment.Open(options.Library);
            byte[] keywords = File.ReadAllBytes(Keywords.ModelIn(material));
            Measure("keyword spotting, int8", Keyword(environment, keywords), keywords, KeywordInputs(material), environment, figures);
            string training = Path.Combine(material, "occupancy", "datatraining.txt");
            OccupancyPackage occupancy = new(material);
            Measure(
                "occupancy", occupancy.Manifest with { Monitoring = new MonitoringSpec { Explain = new ExplainSpec { Baseline = occupancy.Medians } } },
                OccupancyNetwork.Train(training), occupancy.Inputs(Samples), environment, figures);
        }

        ExplainedDeviceRows.Add(options.Device, figures);
    }

    private static void Measure(string name, ModelManifest manifest, byte[] model, float[][] inputs, OnnxEnvironment environment, Figures figures)
    {
        using ModelCall call = ModelCall.Load(
            manifest.Model, InputSlice.LayoutOf(manifest), (_, runner) => environment.Load(model, runner), new RunnerOptions());
        ModelExplainer explainer = new(manifest, null, call, null);
        int most = new ExplainSpec().MostInferences;
        int players = explainer.Groups.Count;
        AttributionPlan exactly = new(AttributionMethod.ExactShapley, players, 0);
        AttributionPlan[] plans =
        [
            exactly,
            AttributionPlan.Within(players, most, AttributionMethod.PermutationShapley)!.Value,
            AttributionPlan.Within(players, most, AttributionMethod.Occlusion)!.Value,
        ];
        Measured[] of = [.. plans.Select(plan => Explain(explainer, plan, inputs))];
        string what = string.Create(CultureInfo.InvariantCulture, $"{inputs.Length} real inputs, {players} groups, probabilities of the answers' own labels");
        foreach ((AttributionPlan plan, Measured measured) in plans.Zip(of))
        {
            string method = plan.Method switch
            {
                AttributionMethod.ExactShapley => "exact Shapley",
                AttributionMethod.PermutationShapley => "permutation Shapley",
                _ => "occlusion",
            };
            bool isComplete = plan.Method != AttributionMethod.Occlusion;
            figures.Add(new Figure(
                $"explain: {name}, completeness error, {method}", measured.Incomplete.Max(), "",
                isComplete ? $"the largest of {what}" : $"the largest of {what}, median {Spread.Of(measured.Incomplete).Median:G3}: how much the groups act together, which leaving out one alone does not tell",
                isComplete ? MostIncomplete : null));
            figures.Add(Rows.InUnit(
                $"explain: {name}, {method}", measured.Milliseconds, "ms",
                $"one explanation, {measured.Inferences.Max()} inferences of {plan.Cost} planned; a plain session on this machine's processor"));
        }

        for (int i = 1; i < plans.Length; i++)
        {
            double[] errors = [.. of[0].Reports.Zip(of[i].Reports, Farthest)];
            double[] sizes = [.. of[0].Reports.Select(report => report.Groups.Max(group => Math.Abs(group.Attribution)))];
            int alike = of[0].Reports.Zip(of[i].Reports).Count(pair => pair.First.Groups[0].Name == pair.Second.Groups[0].Name);
            int within = i == 1 ? of[0].Reports.Zip(of[1].Reports).Sum(pair => Within(pair.First, pair.Second)) : 0;
            string errorsOf = i == 1 ? $"; {within} of {players * inputs.Length} within three of the standard errors told" : "";
            figures.Add(new Figure(
                $"explain: {name}, {(i == 1 ? "permutation Shapley" : "occlusion")} off the exact values", Spread.Of(errors).Median, "",
                string.Create(CultureInfo.InvariantCulture, $"of the group farthest off, the median of {what}; {errors.Max():G3} at most; the largest exact value is {Spread.Of(sizes).Median:G3} in the median; the same group comes first in {alike} of {inputs.Length}{errorsOf}")));
        }

        long over = of.Zip(plans).Sum(pair => pair.First.Inferences.Sum(used => Math.Max(0, used - pair.Second.Cost)))
            + of.Skip(1).Sum(measured => measured.Inferences.Sum(used => Math.Max(0, used - most)));
        figures.Add(new Figure(
            $"explain: {name}, inferences beyond the budget", over, "inferences",
            $"of {of.Sum(measured => measured.Inferences.Sum())} in {3 * inputs.Length} explanations; {most} are allowed to one that need not be exact", 0));
    }

    private static double Farthest(ExplanationReport exact, ExplanationReport other)
    {
        Dictionary<string, double> known = exact.Groups.ToDictionary(group => group.Name, group => group.Attribution);
        return other.Groups.Max(group => Math.Abs(group.Attribution - known[group.Name]));
    }

    private static int Within(ExplanationReport exact, ExplanationReport other)
    {
        // What is exact has no standard error; rounding of float answers alone remains.
        const double Rounding = 1e-6;
        Dictionary<string, double> known = exact.Groups.ToDictionary(group => group.Name, group => group.Attribution);
        return other.Groups.Count(group => Math.Abs(group.Attribution - known[group.Name]) <= (3 * (group.StandardError ?? 0)) + Rounding);
    }

    private static Measured Explain(ModelExplainer explainer, AttributionPlan plan, float[][] inputs)
    {
        Measured measured = new();
        foreach (float[] input in inputs)
        {
            ExplainedSample sample = new(default, measured.Reports.Count + 1, 0, input, input.Select(value => (double)value).ToArray());
            long begin = Stopwatch.GetTimestamp();
            ExplanationReport report = explainer.Explain(sample, plan, seed: measured.Reports.Count, out string objection) ?? throw new BenchException(objection);
            measured.Milliseconds.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            measured.Reports.Add(report);
        }

        return measured;
    }

    // As the material's SOURCES.md has it: 49 frames of 10 coefficients, frame by frame; a coefficient is one group.
    private static ModelManifest Keyword(OnnxEnvironment environment, byte[] model)
    {
        const int Coefficients = 10;
        string[] names = [.. Enumerable.Range(0, Coefficients).Select(StepPackage.Channel)];
        using IModelRunner runner = environment.Load(model, new RunnerOptions());
        return new ModelManifest
        {
            Schema = PackageManifest.NewestSchema,
            Name = "kws",
            Version = "1.0.0",
            ReleaseCounter = 1,
            Description = "Keyword spotting of MLPerf Tiny.",
            Channels = [.. names.Select(name => new ManifestChannel(name, "1"))],
            Pipeline = new PipelineSpec
            {
                RateHz = 50,
                WindowFrames = 49,
                HopFrames = 1,
                RawLayout = "frames_first",
                Features = [.. names.Select(name => new FeatureSpec { Name = name, Channel = name, Statistic = "raw" })],
            },
            Model = new ModelSpec { File = "model.onnx", Input = runner.Inputs[0].Name, Output = runner.Outputs[0].Name },
            Output = new OutputSpec { Kind = "classification", Labels = StepPackage.Keywords.Labels, Activation = "none" },
            Decision = new DecisionSpec { Threshold = 0.5 },
            Soak = new SoakSpec { Samples = 1, MaxP99Ms = 1000 },
            Files = [],
        };
    }

    private static float[][] KeywordInputs(string material) =>
        [.. Keywords.AllIn(material).Take(Samples).Select(input => input.Select(value => (float)value).ToArray())];

    // What explaining all inputs came to; each list in the inputs' order.
    private sealed class Measured
    {
        public List<ExplanationReport> Reports { get; } = [];

        public List<double> Milliseconds { get; } = [];

        public IEnumerable<double> Incomplete => Reports.Select(report => Math.Abs(report.CompletenessError));

        public IEnumerable<int> Inferences => Reports.Select(report => report.Inferences);
    }
}
