using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class ModelExplainerTests
{
    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 40, EffectiveRows = 40, EffectiveShare = 1,
        Features =
        [
            new ReferenceFeature { Name = "x_mean", Edges = [0, 2, 4], Counts = [0, 10, 30, 0] },
            new ReferenceFeature { Name = "y_mean", Edges = [-1, 1], Counts = [0, 40, 0] },
        ],
    };

    // Of a linear model each feature adds weight x (value - baseline); the medians are 2 + 2 x 10/30 and 0.
    [Theory]
    [InlineData("exact")]
    [InlineData("shapley")]
    [InlineData("occlusion")]
    public void A_linear_model_is_divided_by_its_weights_against_the_medians_of_the_reference(string method)
    {
        ExplanationReport report = Explain(Manifest(new ExplainSpec { Method = method }), Reference, [5, -2]);

        double median = 2 + (20.0 / 30);
        Assert.Equal(method, report.Method);
        Assert.Equal("value", report.Quantity);
        Assert.Equal((3 * 5) + (-0.5 * -2), report.Whole, 1e-5);
        Assert.Equal(3 * median, report.Nothing, 1e-5);
        Assert.Equal(3 * (5 - median), Of(report, "x_mean").Attribution, 1e-5);
        Assert.Equal(1, Of(report, "y_mean").Attribution, 1e-5);
        Assert.Equal(0, report.CompletenessError, 1e-5);
        Assert.Equal((5, median), (Of(report, "x_mean").Value, Of(report, "x_mean").Baseline!.Value));
        Assert.Equal("x_mean", report.Groups[0].Name);
    }

    [Fact]
    public void The_probability_of_the_samples_own_best_label_is_divided_though_the_baseline_has_another()
    {
        ModelManifest manifest = TestPackages.Manifest with { Monitoring = new MonitoringSpec { Explain = new ExplainSpec { Baseline = new Dictionary<string, double> { ["x_mean"] = 3 } } } };

        ExplanationReport report = Explain(manifest, null, [0, 4], LinearModel.File(2, 2, 1, 0, 0, 1));

        Assert.Equal(("probability", "busy"), (report.Quantity, report.Label));
        Assert.Equal(1 / (1 + Math.Exp(-4)), report.Whole, 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(3)), report.Nothing, 1e-6);
        Assert.True(Of(report, "y_mean").Attribution > 0);
        Assert.True(Of(report, "x_mean").Attribution > 0);
    }

    [Fact]
    public void The_value_of_a_feature_of_a_private_channel_is_not_told()
    {
        ModelManifest manifest = Manifest(new ExplainSpec()) with
        {
            Monitoring = new MonitoringSpec { Privacy = [new PrivacySpec { Channel = "x", Filter = "drop" }] },
        };

        ExplanationReport report = Explain(manifest, Reference, [5, -2]);

        Assert.Equal((null, null), (Of(report, "x_mean").Value, Of(report, "x_mean").Baseline));
        Assert.Equal(-2, Of(report, "y_mean").Value);
    }

    [Fact]
    public void Raw_windows_that_share_a_tensor_frame_by_frame_are_a_group_each()
    {
        ModelManifest manifest = Manifest(new ExplainSpec { Groups = "channels" });
        FeatureSpec raw = new() { Name = "x_raw", Channel = "x", Statistic = "raw" };
        manifest = manifest with
        {
            Pipeline = manifest.Pipeline with { RawLayout = "frames_first", Features = [raw, raw with { Name = "y_raw", Channel = "y" }] },
        };

        AttributionGroups groups = AttributionGroups.Of(manifest, manifest.Monitoring!.Explain!);

        Assert.Equal(["x", "y"], groups.Names);
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], groups.GroupOf.ToArray());
    }

    [Theory]
    [InlineData("nchw", new[] { 0, 0, 1, 0, 0, 1, 2, 2, 3 })]
    [InlineData("nhwc", new[] { 0, 0, 0, 0, 0, 0, 1, 1, 1 })]
    public void A_picture_is_divided_into_the_regions_of_a_grid_in_either_layout(string layout, int[] first)
    {
        ModelManifest manifest = TestPackages.Manifest with
        {
            Pipeline = TestPackages.Manifest.Pipeline with { Features = [], Image = new ImageSpec { Width = 3, Height = 3, Layout = layout } },
        };

        AttributionGroups groups = AttributionGroups.Of(manifest, new ExplainSpec { Grid = 2 });

        Assert.Equal(["region 0,0", "region 0,1", "region 1,0", "region 1,1"], groups.Names);
        Assert.Equal(first, groups.GroupOf.ToArray()[..9]);
    }

    [Fact]
    public void A_minute_brings_back_a_minutes_inferences_and_no_more()
    {
        ManualTime time = new();
        ExplanationBudget budget = new(time, 100);

        budget.Take(90);
        string refusal = budget.Refuse(40);
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("it takes at least 40 inferences, and 10 are left; ask again in 18 s", refusal);
        Assert.Equal(60, budget.Left);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(100, budget.Left);
        Assert.Throws<ArgumentOutOfRangeException>(() => budget.Take(101));
    }

    private static ModelManifest Manifest(ExplainSpec spec) => TestPackages.Manifest with
    {
        Output = new OutputSpec { Kind = "regression" },
        Monitoring = new MonitoringSpec { Explain = spec },
    };

    private static ExplanationReport Explain(ModelManifest manifest, ReferenceProfile? reference, float[] input, byte[]? model = null)
    {
        byte[] file = model ?? LinearModel.File(2, 1, 3, -0.5f);
        using ModelCall call = ModelCall.Load(
            manifest.Model, InputSlice.LayoutOf(manifest), (_, options) => LinearModel.Load(file, options), new RunnerOptions());
        ModelExplainer explainer = new(manifest, reference, call, null);
        ExplainedSample sample = new(default, 7, 1000, input, input.Select(value => (double)value).ToArray());

        return explainer.Explain(sample, explainer.Plan(100)!.Value, 1, out string objection) ?? throw new InvalidOperationException(objection);
    }

    private static AttributedGroup Of(ExplanationReport report, string name) => report.Groups.Single(group => group.Name == name);
}
