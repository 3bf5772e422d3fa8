using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Device.Tests.Diagnosis;

public sealed class ProviderChecksTests
{
    private static readonly InferenceOptions Asked = new()
    {
        Providers = [new ProviderOptions("cuda", new Dictionary<string, string>()), new ProviderOptions("acl", new Dictionary<string, string>())],
    };

    [Fact]
    public void A_profile_that_asks_for_no_provider_is_not_told_of_any()
    {
        Assert.Empty(ProviderChecks.Of((_, _) => throw new InvalidOperationException("nothing is to be loaded"), default, new InferenceOptions()));
    }

    [Fact]
    public void What_takes_part_and_what_does_not_are_told_with_a_remedy_for_the_latter()
    {
        RunnerReport report = new(["CUDAExecutionProvider"], ["execution provider 'acl' is not part of this library"], 1, false);

        Finding[] findings = [.. ProviderChecks.Of((_, _) => new Loaded(report), default, Asked)];

        Assert.Equal([FindingLevel.Ok, FindingLevel.Warning], findings.Select(finding => finding.Level));
        Assert.Equal("CUDAExecutionProvider takes part", findings[0].Found);
        Assert.Equal("execution provider 'acl' is not part of this library", findings[1].Found);
        Assert.NotNull(findings[1].Remedy);
    }

    [Fact]
    public void A_provider_of_the_profile_that_is_not_built_in_is_told_once_and_one_that_is_not_at_all()
    {
        InferenceOptions jetson = ShippedProfile.Named("jetson-orin-nano").Inference;

        Finding[] without = [.. ProviderChecks.Of(Library("CPU"), default, jetson)];
        Finding[] with = [.. ProviderChecks.Of(Library("CPU", "tensorrt", "cuda"), default, jetson)];

        Assert.Single(without, finding => finding.Level == FindingLevel.Warning && finding.Found.Contains("tensorrt", StringComparison.Ordinal));
        Assert.Single(without, finding => finding.Level == FindingLevel.Warning && finding.Found.Contains("cuda", StringComparison.Ordinal));
        Assert.DoesNotContain(with, finding => finding.Level != FindingLevel.Ok);
    }

    [Fact]
    public void Where_no_provider_takes_part_it_is_said_that_the_processor_serves()
    {
        RunnerReport report = new([], ["one", "two"], 1, false);

        Finding[] findings = [.. ProviderChecks.Of((_, _) => new Loaded(report), default, Asked)];

        Assert.Equal(["one", "two", "models run on the processor alone"], findings.Select(finding => finding.Found));
    }

    [Fact]
    public void A_model_that_does_not_load_at_all_is_a_problem()
    {
        Finding finding = Assert.Single(ProviderChecks.Of((_, _) => throw new ModelLoadException("no"), default, Asked));

        Assert.Equal((FindingLevel.Problem, "the built-in model cannot be loaded: no"), (finding.Level, finding.Found));
    }

    // Answers as a library does that was built with these.
    private static ModelLoader Library(params string[] built) => (_, options) => new Loaded(new RunnerReport(
        [.. options.Providers.Select(provider => provider.Name).Where(built.Contains)],
        [.. options.Providers.Select(provider => provider.Name).Except(built).Select(name => $"execution provider '{name}' is not part of this library")],
        1, false));

    private sealed class Loaded(RunnerReport report) : IModelRunner
    {
        public IReadOnlyList<TensorInfo> Inputs => [];

        public IReadOnlyList<TensorInfo> Outputs => [];

        public RunnerReport Report => report;

        public Span<byte> Input(int index) => default;

        public ReadOnlySpan<byte> Output(int index) => default;

        public void Run()
        {
        }

        public void Dispose()
        {
        }
    }
}
