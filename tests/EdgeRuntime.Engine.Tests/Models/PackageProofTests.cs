using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class PackageProofTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _steps = [];
    private readonly Queue<double> _milliseconds = new();

    [Fact]
    public void A_model_that_takes_ten_times_what_its_manifest_promises_is_refused_with_both_figures()
    {
        ProofReport report = Prove(TestPackages.Make(1), milliseconds: 50);

        Assert.Equal(PackageFault.LimitExceeded, report.Fault);
        Assert.Equal(
            "its inference takes 50 ms of processor time at the 99th percentile; 10 ms is the limit, 2 times what its manifest promises",
            report.Refusal);
    }

    [Fact]
    public void One_slow_run_alone_is_not_held_against_a_model()
    {
        // Two passes over the golden vectors come first.
        foreach (double ms in Enumerable.Repeat(1.0, 5).Append(500))
        {
            _milliseconds.Enqueue(ms);
        }

        ProofReport report = Prove(TestPackages.Make(1), milliseconds: 1);

        Assert.Null(report.Refusal);
        Assert.Equal((1.0, 1.0), (report.MedianMs, report.P99Ms));
    }

    [Fact]
    public void What_is_done_is_told_before_it_is_done()
    {
        Prove(TestPackages.Make(1), milliseconds: 1);

        Assert.Equal(["loading model.onnx", "timing model.onnx"], _steps);
    }

    [Fact]
    public void A_candidate_that_its_prover_refuses_is_never_loaded_here_and_a_trusted_package_is_not_proved_again()
    {
        int before = LinearModel.Alive;
        int asked = 0;
        PackageVerification verification = new(
            [TestPackages.ReleaseKey.Public], LinearModel.Load, "1.17.0", new RunnerOptions(), new PackageLimits(), prover: _ =>
            {
                asked++;
                return new ProofReport { Refusal = "it crashed", Fault = PackageFault.Crashed };
            });

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(
            () => verification.Verify(TestPackages.Make(1), TestPackages.Site, _ => null));
        Assert.Equal((PackageFault.Crashed, "it crashed"), (refused.Fault, refused.Detail));
        Assert.Equal(before, LinearModel.Alive);

        verification.Verify(TestPackages.Make(1), TestPackages.Site, _ => null, isTrusted: true).Dispose();
        Assert.Equal(1, asked);
    }

    [Fact]
    public void The_limits_follow_the_manifest_the_package_and_the_profile()
    {
        ModelManifest manifest = TestPackages.Manifest with { Soak = new SoakSpec { Samples = 1, MaxP99Ms = 500 } };

        ProofLimits limits = ProofLimits.Of(manifest, vectors: 10, archiveBytes: 1 << 20, threads: 1, mostMemory: null);
        ProofLimits narrow = ProofLimits.Of(manifest, vectors: 10, archiveBytes: 1 << 20, threads: 1, mostMemory: 1 << 20);

        Assert.Equal(1000, limits.P99Ms);
        Assert.Equal(62, limits.CpuSeconds); // 20 to load, 2 to time, 40 runs of a second
        Assert.Equal((256 + 8) << 20, limits.MemoryBytes);
        Assert.Equal((256 + 1) << 20, narrow.MemoryBytes);
    }

    [Fact]
    public void A_small_package_may_use_the_memory_that_its_makers_say_it_needs_as_far_as_the_profile_allows()
    {
        ModelManifest manifest = TestPackages.Manifest with { Requires = new RequirementSpec { MemoryMb = 100 } };

        Assert.Equal((256 + 100) << 20, ProofLimits.Of(manifest, 10, archiveBytes: 1 << 20, threads: 1, mostMemory: null).MemoryBytes);
        Assert.Equal((256 + 50) << 20, ProofLimits.Of(manifest, 10, archiveBytes: 1 << 20, threads: 1, mostMemory: 50 << 20).MemoryBytes);
        Assert.Equal((256 + 160) << 20, ProofLimits.Of(manifest, 10, archiveBytes: 20 << 20, threads: 1, mostMemory: null).MemoryBytes);
    }

    private ProofReport Prove(byte[] archive, double milliseconds)
    {
        PackageProof proof = new(
            (file, options) => new TimedModel(LinearModel.Load(file, options), Next), new RunnerOptions(), _time, _steps.Add);
        return proof.Run(
            PackageArchive.Read(archive, [TestPackages.ReleaseKey.Public]).AsModel(),
            TestPackages.Manifest.Soak.MaxP99Ms * ProofLimits.Generosity);

        void Next() => _time.Advance((_milliseconds.TryDequeue(out double ms) ? ms : milliseconds) / 1000);
    }

    private sealed class TimedModel(IModelRunner inner, Action takesTime) : IModelRunner
    {
        public IReadOnlyList<TensorInfo> Inputs => inner.Inputs;

        public IReadOnlyList<TensorInfo> Outputs => inner.Outputs;

        public Span<byte> Input(int index) => inner.Input(index);

        public ReadOnlySpan<byte> Output(int index) => inner.Output(index);

        public void Run()
        {
            inner.Run();
            takesTime();
        }

        public void Dispose() => inner.Dispose();
    }
}
