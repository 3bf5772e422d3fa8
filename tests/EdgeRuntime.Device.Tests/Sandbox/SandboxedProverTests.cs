using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Device.Tests.Sandbox;

/// <summary>Real child processes with real models on the real library.</summary>
public sealed class SandboxedProverTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "edge-device");

    [Fact]
    public void A_good_model_holds_and_what_it_took_is_told()
    {
        ProofReport report = Prove(TrialModels.Good());

        Assert.Null(report.Refusal);
        Assert.InRange(report.Runs, PackageProof.FewestRuns, int.MaxValue);
        Assert.InRange(report.PeakBytes, 10 << 20, 256 << 20);
    }

    public static TheoryData<string> Bad => [.. TrialModels.Nine().Select(bad => bad.Name)];

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_model_is_refused_with_its_reason_and_the_device_lives(string name)
    {
        // Ten times what is promised, whatever machine this is: so many rounds do not fit into two milliseconds anywhere.
        BadModel bad = TrialModels.Nine(slower: 200).Single(bad => bad.Name == name || (name.EndsWith("slower", StringComparison.Ordinal) && bad.Name.EndsWith("slower", StringComparison.Ordinal)));

        ProofReport report = Prove(bad.Model, new SoakSpec { Samples = 1, MaxP99Ms = 1 });

        Assert.Contains(bad.Says, report.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_candidate_can_open_no_socket_write_no_file_start_no_program_and_take_no_more_memory_than_its_limit()
    {
        ProofReport report = Prover().Prove(Package(TrialModels.Good(), new SoakSpec { Samples = 1, MaxP99Ms = 1000 }), probes: true);

        // What this kernel has no Landlock for is told, and is no hole of ours.
        Assert.DoesNotContain(report.Gaps, gap => !gap.Contains("read the files", StringComparison.Ordinal));
    }

    [Fact]
    public void The_probes_find_every_hole_where_nothing_is_confined()
    {
        Assert.Equal(5, SandboxProbe.Holes(memoryBytes: 1 << 20).Count());
    }

    [Fact]
    public void A_program_that_cannot_be_started_is_no_fault_of_the_package()
    {
        SandboxedProver prover = new("/nowhere/edge-device", null, new RunnerOptions(), null, TimeProvider.System);

        ProverException failed = Assert.Throws<ProverException>(
            () => prover.Prove(Package(TrialModels.Good(), new SoakSpec { Samples = 1, MaxP99Ms = 1000 })));

        Assert.Contains("/nowhere/edge-device cannot be started", failed.Message, StringComparison.Ordinal);
    }

    private static ProofReport Prove(byte[] model, SoakSpec? soak = null) =>
        Prover().Prove(Package(model, soak ?? new SoakSpec { Samples = 1, MaxP99Ms = 1000 }));

    private static SandboxedProver Prover() => new(Program, FetchedLibrary.ToBeNamed, new RunnerOptions(), null, TimeProvider.System);

    private static ModelPackage Package(byte[] model, SoakSpec soak)
    {
        using SigningKey key = SigningKey.Create();
        return PackageArchive.Read(new TrialPackage { Soak = soak }.Pack(1, model, key), [key.Public]).AsModel();
    }
}
