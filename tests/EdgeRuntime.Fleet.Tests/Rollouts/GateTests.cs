using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Rollouts;

public sealed class GateTests
{
    private const int Idle = 0;
    private const int Compute = 1;
    private const int Disk = 2;

    private static readonly StoredPackage Old = TestPackages.Stored(TestPackages.Archive("1.0.0", 1));
    private static readonly StoredPackage New = TestPackages.Stored(TestPackages.Archive("1.1.0", 2));

    [Fact]
    public void A_good_model_passes_every_criterion()
    {
        GateFinding finding = new Scene().Judge();

        Assert.Equal(GateVerdict.Pass, finding.Verdict);
        Assert.All(finding.Criteria, criterion => Assert.Equal(GateVerdict.Pass, criterion.Verdict));
        Assert.Equal(["installs", "samples", "errors", "latency", "predictions", "drift"], finding.Criteria.Select(c => c.Name));
    }

    [Fact]
    public void A_package_without_a_model_is_judged_by_its_installs_and_its_time_alone()
    {
        GateEvidence evidence = new Scene { WindowsAfter = 0 }.Evidence() with { WithoutWindows = true };
        GateEvidence early = evidence with { AtMs = evidence.SoakSinceMs };

        GateFinding good = Gate.Judge(evidence);

        Assert.Equal((GateVerdict.Pass, "installs"), (good.Verdict, Assert.Single(good.Criteria).Name));
        Assert.Null(good.Predictions);
        Assert.Equal(GateVerdict.Waiting, Gate.Judge(early).Verdict);
        Assert.Equal(GateVerdict.Fail, Gate.Judge(early with { FailedInstalls = 1 }).Verdict);
    }

    [Fact]
    public void A_model_with_wrong_predictions_fails()
    {
        GateFinding finding = new Scene { After = Behaviour.WrongLabels }.Judge();

        Assert.Equal(GateVerdict.Fail, finding.Verdict);
        GateCriterion predictions = Criterion(finding, "predictions");
        Assert.Equal(GateVerdict.Fail, predictions.Verdict);
        Assert.True(predictions.Value > predictions.Limit);
        Assert.Equal(predictions.Detail, finding.Summary);
    }

    [Fact]
    public void A_slow_model_fails_on_latency_alone()
    {
        GateFinding finding = new Scene { After = Behaviour.Good with { InferMs = 2 } }.Judge();

        Assert.Equal(GateVerdict.Fail, finding.Verdict);
        Assert.Equal(["latency"], finding.Criteria.Where(c => c.Verdict == GateVerdict.Fail).Select(c => c.Name));
    }

    [Fact]
    public void One_inference_in_a_hundred_that_was_preempted_proves_nothing()
    {
        Scene scene = new();
        scene.CanaryWindows.Add((New.Label, Idle, new Behaviour { InferMs = 30 }, 2));

        Assert.Equal(GateVerdict.Pass, Criterion(scene.Judge(), "latency").Verdict);
    }

    [Fact]
    public void A_slow_model_fails_the_absolute_limit_even_where_the_old_one_was_slow_too()
    {
        Scene scene = new()
        {
            Before = Behaviour.Good with { InferMs = 8 },
            Control = Behaviour.Good with { InferMs = 8 },
            After = Behaviour.Good with { InferMs = 8 },
            Limits = new GateLimits { MaxP99Ms = 5 },
        };

        Assert.Equal(GateVerdict.Fail, Criterion(scene.Judge(), "latency").Verdict);
    }

    [Fact]
    public void A_failing_model_fails_before_there_are_enough_samples()
    {
        Scene scene = new() { After = Behaviour.Good with { ErrorShare = 1 }, WindowsAfter = 1, Limits = new GateLimits { MinSamples = 10_000 } };

        GateFinding finding = scene.Judge();

        Assert.Equal(GateVerdict.Fail, finding.Verdict);
        Assert.Equal(GateVerdict.Fail, Criterion(finding, "errors").Verdict);
    }

    [Fact]
    public void Errors_that_the_control_has_too_are_not_the_models()
    {
        Behaviour brokenSensor = Behaviour.Good with { ErrorShare = 0.2 };
        Scene scene = new() { Before = brokenSensor, After = brokenSensor, Control = brokenSensor };

        Assert.Equal(GateVerdict.Pass, Criterion(scene.Judge(), "errors").Verdict);
    }

    [Fact]
    public void A_model_under_which_inputs_drift_fails_on_drift()
    {
        GateFinding finding = new Scene { After = Behaviour.Good with { Drifts = true } }.Judge();

        Assert.Equal(GateVerdict.Fail, Criterion(finding, "drift").Verdict);
    }

    [Fact]
    public void Without_evidence_the_gate_waits_and_says_for_whom()
    {
        GateFinding finding = new Scene { WindowsAfter = 0 }.Judge();

        Assert.Equal(GateVerdict.Waiting, finding.Verdict);
        Assert.Equal("Waits for the first window of 1.1.0 from canary.", finding.Summary);
    }

    [Fact]
    public void A_good_model_waits_until_it_has_soaked()
    {
        Scene scene = new() { SoakedMs = 5_000 };

        GateFinding finding = scene.Judge();

        Assert.Equal(GateVerdict.Waiting, finding.Verdict);
        Assert.Equal("Soaks for another 15 s.", finding.Summary);
    }

    [Fact]
    public void Different_live_inputs_of_canary_and_control_do_not_halt_a_good_model()
    {
        Scene scene = new() { LoadsBefore = [Compute], LoadsAfter = [Compute], ControlLoads = [Idle] };

        Assert.Equal(GateVerdict.Pass, scene.Judge().Verdict);
    }

    [Fact]
    public void A_change_that_the_control_sees_too_does_not_halt_a_good_model()
    {
        Scene scene = new()
        {
            LoadsBefore = [Idle, Idle, Idle, Compute],
            LoadsAfter = [Compute, Compute, Compute, Idle],
            ControlLoads = [Idle, Idle, Idle, Compute],
            ControlLoadsAfter = [Compute, Compute, Compute, Idle],
        };

        Assert.Equal(GateVerdict.Pass, scene.Judge().Verdict);
    }

    [Fact]
    public void A_canary_that_became_busy_just_now_does_not_halt_a_good_model_when_another_device_was_busy_before()
    {
        Scene scene = new() { LoadsBefore = [Idle], LoadsAfter = [Disk], ControlLoads = [Idle, Idle, Idle, Disk] };

        GateFinding finding = scene.Judge();

        Assert.Equal(GateVerdict.Pass, finding.Verdict);
        Assert.Contains("On inputs both packages saw", Criterion(finding, "predictions").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_model_is_not_excused_by_inputs_that_changed()
    {
        Scene scene = new()
        {
            LoadsBefore = [Idle],
            LoadsAfter = [Disk],
            ControlLoads = [Idle, Idle, Idle, Disk],
            After = Behaviour.WrongLabels,
        };

        Assert.Equal(GateVerdict.Fail, Criterion(scene.Judge(), "predictions").Verdict);
    }

    [Fact]
    public void A_better_model_that_corrects_the_old_one_on_some_inputs_passes()
    {
        Scene scene = new() { Before = Behaviour.Good with { Confusion = 0.3 }, Control = Behaviour.Good with { Confusion = 0.3 } };

        GateCriterion predictions = Criterion(scene.Judge(), "predictions");

        Assert.Equal(GateVerdict.Pass, predictions.Verdict);
        Assert.InRange(predictions.Value!.Value, 0.1, 0.35);
    }

    [Fact]
    public void The_sentence_of_a_failure_names_what_is_called_what()
    {
        GateFinding finding = new Scene { LoadsBefore = [Compute], LoadsAfter = [Compute], After = Behaviour.WrongLabels }.Judge();

        Assert.Contains("what the old one calls 'compute' it mostly calls 'disk'", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_the_old_model_never_saw_make_the_gate_wait_for_others()
    {
        Scene scene = new() { LoadsBefore = [Idle], LoadsAfter = [Disk], ControlLoads = [Idle] };

        GateFinding finding = scene.Judge();

        Assert.Equal(GateVerdict.Waiting, finding.Verdict);
        Assert.Contains("never seen under the old package", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_model_fails_where_no_device_is_left_as_control()
    {
        Scene scene = new() { HasControl = false, After = Behaviour.WrongLabels };

        Assert.Equal(GateVerdict.Fail, Criterion(scene.Judge(), "predictions").Verdict);
    }

    [Fact]
    public void A_model_that_nothing_ran_before_is_judged_by_the_absolute_limits_alone()
    {
        Scene scene = new() { HasControl = false, HasBefore = false };

        GateFinding finding = scene.Judge();

        Assert.Equal(GateVerdict.Pass, finding.Verdict);
        Assert.Equal(GateVerdict.Unknown, Criterion(finding, "predictions").Verdict);
        Assert.Equal(GateVerdict.Unknown, Criterion(finding, "latency").Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20_260_101)]
    public void Over_many_random_scenes_no_good_model_fails_and_no_wrong_one_passes(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 25; round++)
        {
            int[] loads = [random.Next(3), random.Next(3), random.Next(3)];
            int[] after = [loads[random.Next(3)], loads[random.Next(3)]];
            int[] control = [random.Next(3), random.Next(3), random.Next(3)];
            Scene scene = new() { LoadsBefore = loads, LoadsAfter = after, ControlLoads = control, Seed = random.Next() };

            Assert.True(scene.Judge().Verdict != GateVerdict.Fail, $"seed {seed}, round {round}: a good model failed: {scene.Judge().Summary}");
            Scene bad = new()
            {
                LoadsBefore = loads,
                LoadsAfter = after,
                ControlLoads = control,
                Seed = random.Next(),
                After = Behaviour.WrongLabels,
            };
            Assert.True(bad.Judge().Verdict == GateVerdict.Fail, $"seed {seed}, round {round}: a wrong model did not fail: {bad.Judge().Summary}");
        }
    }

    [Fact]
    public void Stored_evidence_gets_the_same_finding_again()
    {
        GateEvidence evidence = new Scene { After = Behaviour.WrongLabels }.Evidence();
        byte[] stored = JsonSerializer.SerializeToUtf8Bytes(evidence, FleetJson.Default.GateEvidence);

        GateEvidence read = JsonSerializer.Deserialize(stored, FleetJson.Default.GateEvidence)!;

        Assert.Equal(
            JsonSerializer.Serialize(Gate.Judge(evidence), FleetJson.Default.GateFinding),
            JsonSerializer.Serialize(Gate.Judge(read), FleetJson.Default.GateFinding));
    }

    private static GateCriterion Criterion(GateFinding finding, string name) => finding.Criteria.Single(c => c.Name == name);

    /// <summary>One canary and one control device: twelve windows of five seconds before the switch, some after it.</summary>
    private sealed class Scene
    {
        private const long SwitchedMs = 1_000_000;
        private const int WindowMs = 5_000;
        private const int Samples = 50;

        public List<(PackageLabel Package, int Load, Behaviour Behaviour, int Samples)> CanaryWindows { get; } = [];

        public int[] LoadsBefore { get; init; } = [Idle, Compute, Disk];

        public int[] LoadsAfter { get; init; } = [Idle, Compute, Disk];

        public int[] ControlLoads { get; init; } = [Idle, Idle, Compute];

        public int[]? ControlLoadsAfter { get; init; }

        public Behaviour Before { get; init; } = Behaviour.Good;

        public Behaviour After { get; init; } = Behaviour.Good;

        public Behaviour Control { get; init; } = Behaviour.Good;

        public int WindowsAfter { get; init; } = 12;

        public bool HasControl { get; init; } = true;

        public bool HasBefore { get; init; } = true;

        public long SoakedMs { get; init; } = 60_000;

        public int Seed { get; init; } = 7;

        public GateLimits Limits { get; init; } = new();

        public GateFinding Judge() => Gate.Judge(Evidence());

        public GateEvidence Evidence()
        {
            Random random = new(Seed);
            DeviceId canary = DeviceId.Parse("canary");
            DeviceId control = DeviceId.Parse("control");
            List<ReceivedWindow> ofCanary = [];
            List<ReceivedWindow> ofControl = [];
            for (int i = 0; i < 12; i++)
            {
                long start = SwitchedMs - ((12 - i) * WindowMs);
                if (HasBefore)
                {
                    ofCanary.Add(Window(Old.Label, start, Samples, LoadsBefore[i % LoadsBefore.Length], Before, random));
                }

                ofControl.Add(Window(Old.Label, start, Samples, ControlLoads[i % ControlLoads.Length], Control, random));
            }

            for (int i = 0; i < WindowsAfter; i++)
            {
                long start = SwitchedMs + (i * WindowMs);
                int[] loads = ControlLoadsAfter ?? ControlLoads;
                ofCanary.Add(Window(New.Label, start, Samples, LoadsAfter[i % LoadsAfter.Length], After, random));
                ofControl.Add(Window(Old.Label, start, Samples, loads[i % loads.Length], Control, random));
            }

            foreach ((PackageLabel package, int load, Behaviour behaviour, int samples) in CanaryWindows)
            {
                ofCanary.Add(Window(package, SwitchedMs + (WindowsAfter * WindowMs), samples, load, behaviour, random));
            }

            Rollout rollout = new()
            {
                Id = "vitals-1-1-0-test",
                Model = TestPackages.Model,
                Package = New.Label,
                Plan = new RolloutPlan { Gate = Limits },
                CreatedMs = SwitchedMs - 1000,
                State = new RolloutState.Soaking(SwitchedMs - 1000, SwitchedMs, "") { Stage = 0 },
                Targets = HasControl ? [Exposed(canary), Waiting(control)] : [Exposed(canary)],
            };
            EvidenceStore store = new();
            store.Begin(canary, ofCanary, rollout.CreatedMs);
            store.Begin(control, ofControl, rollout.CreatedMs);
            return store.Gather(
                rollout, (RolloutState.Soaking)rollout.State, New, new Dictionary<ModelId, StoredPackage> { [Old.Digest] = Old },
                SwitchedMs + SoakedMs);
        }

        private RolloutTarget Exposed(DeviceId device) => new()
        {
            Device = device,
            From = HasBefore ? Old.Label : null,
            Online = true,
            Stage = 0,
            Order = TargetOrder.New,
            Generation = 1,
            State = TargetState.Committed,
        };

        private static RolloutTarget Waiting(DeviceId device) => new() { Device = device, From = Old.Label, Online = true };

        private static ReceivedWindow Window(
            PackageLabel package, long start, int samples, int load, Behaviour behaviour, Random random) => new(
            TestWindows.Make(package, new BootId(1), 1, start, start + WindowMs - 100, samples, load, behaviour, random),
            start + WindowMs);
    }
}
