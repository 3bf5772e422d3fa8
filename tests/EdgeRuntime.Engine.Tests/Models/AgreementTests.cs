using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>A trial during which the model before goes on beside the new one, seen from the agent.</summary>
public sealed class AgreementTests
{
    private static readonly ShadowCounts Counts = new() { Samples = 40, Agreed = 30, Distance = [40] };

    [Theory]
    [InlineData(true, "2.0.0")]
    [InlineData(false, "1.0.0")]
    public void The_model_before_runs_beside_the_new_one_for_the_trial_and_no_longer(bool agrees, string answers)
    {
        using SimulatedDevice device = new SimulatedDevice(new SimulatedDisk(), TestPackages.Make(1)).Start();
        device.Judge = _ => null;
        device.Obey(device.OrderFor(Demanding(2), 1));
        Assert.Equal(("2.0.0", "1.0.0"), (device.Version, device.Beside));
        ModelId candidate = device.Serving!.Digest;

        device.Agent.OnSoakVerdict("plant", candidate, agrees ? new SoakVerdict.Commit() : new SoakVerdict.Undo("it differs"), Counts);
        device.Run();

        Assert.Equal((answers, null, 1), (device.Version, device.Beside, device.Held));
        UpdateStep told = Assert.Single(device.Steps, step => step.Shadow is not null);
        Assert.Equal((UpdateState.Soaking, Counts), (told.State, told.Shadow));
    }

    [Fact]
    public void Without_the_demand_and_without_a_model_before_nothing_runs_beside()
    {
        using SimulatedDevice first = new(new SimulatedDisk()) { Judge = _ => null };
        using SimulatedDevice second = new SimulatedDevice(new SimulatedDisk(), TestPackages.Make(1)).Start();
        second.Judge = _ => null;

        first.Start().Obey(first.OrderFor(Demanding(2), 1));
        second.Obey(second.OrderFor(TestPackages.Make(2), 1));

        Assert.Equal(("2.0.0", null), (first.Version, first.Beside));
        Assert.Equal(("2.0.0", null), (second.Version, second.Beside));
    }

    private static byte[] Demanding(long counter) =>
        TestPackages.Make(counter, counter, manifest => manifest with { Soak = manifest.Soak with { MinAgreement = 0.9 } });
}
