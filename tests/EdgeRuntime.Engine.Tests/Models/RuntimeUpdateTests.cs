using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>What is different where packages bring the device's own program: to switch is to begin a process anew.</summary>
public sealed class RuntimeUpdateTests : IDisposable
{
    private static readonly byte[] One = TestPackages.MakeRuntime(counter: 1);
    private static readonly byte[] Two = TestPackages.MakeRuntime(counter: 2);

    private readonly SimulatedDisk _disk = new();
    private SimulatedDevice _device;

    public RuntimeUpdateTests() => _device = Begin(null);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_program_is_switched_to_by_a_start_which_begins_its_trial_and_does_not_end_it()
    {
        Obey(One, generation: 1);
        Assert.True(_device.Leaves);

        Become(One);

        Assert.False(_device.Leaves);
        Assert.Equal(["soaking", "committed"], _device.Story.TakeLast(2));
        Assert.Equal("1.0.0", Line.Active?.Version);
        Become(One);
        Assert.Empty(_device.Story.Except(["committed"]));
        Assert.False(_device.Leaves);
    }

    [Fact]
    public void A_program_that_fails_its_trial_is_left_for_the_one_before_or_the_installed_one()
    {
        Obey(One, generation: 1);
        Become(One, new SoakVerdict.Undo("the broker was not reached"));

        Assert.Equal("undone: the broker was not reached", _device.Story[^1]);
        Assert.True(_device.Leaves);
        Become(null);
        Assert.Null(Line.Active);

        Obey(One, generation: 2);
        Become(One);
        Obey(Two, generation: 3);
        Become(Two, new SoakVerdict.Undo("a model does not answer"));
        Assert.True(_device.Leaves);
        Become(One);
        Assert.False(_device.Leaves);
        Assert.Equal("1.0.0", Line.Active?.Version);
    }

    [Fact]
    public void A_program_that_never_came_to_serve_is_undone_by_the_one_that_did_with_what_is_known_of_it()
    {
        Obey(One, generation: 1);

        Become(null, objection: "it did not come to serve: the process ended within 1 s of its start");

        Assert.Equal("undone: it did not come to serve: the process ended within 1 s of its start", _device.Story[^1]);
        Assert.False(_device.Leaves);
        Assert.Null(Line.Active);
    }

    [Fact]
    public void A_trial_that_was_cut_off_is_not_begun_again_by_the_same_program()
    {
        Obey(One, generation: 1);
        Become(One, verdict: null);
        Assert.Equal("soaking", _device.Story[^1]);

        Become(null, objection: "the process ended during its trial");

        Assert.Equal("undone: the process ended during its trial", _device.Story[^1]);
        Assert.Null(Line.Active);
    }

    [Fact]
    public void A_trusted_program_that_cannot_be_started_any_more_is_given_up_for_the_one_that_was()
    {
        Obey(One, generation: 1);
        Become(One);
        Obey(Two, generation: 2);
        Become(Two);

        Become(One, objection: "2.0.0 does not have the hash of its archive");

        Assert.Equal("1.0.0", Line.Active?.Version);
        Assert.Equal("undone: 2.0.0 does not have the hash of its archive", _device.Story[^1]);
        Become(null, objection: "nor has 1.0.0");
        Assert.Null(Line.Active);
        Assert.False(_device.Leaves);
    }

    [Fact]
    public void A_program_that_is_refused_when_it_is_tried_is_never_switched_to()
    {
        _device.Dispose();
        _device = Begin(null, proof: new ProofReport { Fault = PackageFault.ProgramRefused, Refusal = "its self-test ends with 70 on this machine" });

        Obey(One, generation: 1);

        Assert.Equal("rejected: its self-test ends with 70 on this machine", _device.Story[^1]);
        Assert.False(_device.Leaves);
    }

    [Fact]
    public void An_undo_on_request_of_the_first_program_leads_back_to_the_installed_one()
    {
        Obey(One, generation: 1);
        Become(One);

        _device.Agent.Undo(TestPackages.RuntimeName, out bool done);
        _device.Run();

        Assert.True(done);
        Assert.True(_device.Leaves);
        Become(null);
        Assert.Null(Line.Active);
        Assert.False(_device.Leaves);
    }

    private LineState Line => SlotStore.Open(_disk, TestPackages.RuntimeName).State;

    private void Obey(byte[] archive, long generation) =>
        _device.Obey(_device.OrderFor(archive, generation, model: TestPackages.RuntimeName));

    private void Become(byte[]? archive, string? objection = null) => Become(archive, new SoakVerdict.Commit(), objection);

    private void Become(byte[]? archive, SoakVerdict? verdict, string? objection = null)
    {
        _device.Dispose();
        _device = Begin(archive, objection, verdict);
    }

    private SimulatedDevice Begin(byte[]? archive, string? objection = null, SoakVerdict? verdict = null, ProofReport? proof = null) =>
        new SimulatedDevice(
            _disk, TestPackages.Make(counter: 1), null, TestPackages.Site, new RuntimeSite
            {
                Name = TestPackages.RuntimeName,
                Running = archive is null ? null : Running(archive),
                Objection = objection,
                Prove = _ => proof ?? new ProofReport(),
            })
        {
            Judge = package => package is LoadedRuntime ? verdict : new SoakVerdict.Commit(),
        }.Start();

    private static LoadedRuntime Running(byte[] archive)
    {
        RuntimePackage package = (RuntimePackage)PackageArchive.ReadUnverified(archive);
        return new LoadedRuntime(package.Id, package.Manifest);
    }
}
