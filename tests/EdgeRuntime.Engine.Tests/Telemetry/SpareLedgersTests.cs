using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Sampling;

namespace EdgeRuntime.Engine.Tests.Telemetry;

public sealed class SpareLedgersTests
{
    [Fact]
    public void A_model_leaves_the_ledgers_it_filled_to_the_next_one_and_none_of_its_samples_with_them()
    {
        PathRig rig = new(new PathOptions());
        SpareLedgers spare = new();
        ServingModel first = PathRig.Serving(rig.Verification, ledgers: spare);
        rig.Path.Offer(first);
        rig.Read(10);
        rig.Path.Offer(PathRig.Serving(rig.Verification, ledgers: spare));
        rig.Read(1);
        LatencyLedger filled = first.TakeRest().Ledger!;
        Assert.Equal(10, filled[LatencyStage.EndToEnd].Count);

        first.Leave(spare);

        LatencyLedger[] left = [spare.Take(), spare.Take()];
        Assert.Contains(left, ledger => ReferenceEquals(ledger, filled));
        Assert.All(left, ledger => Assert.Equal(0, ledger[LatencyStage.EndToEnd].Count));
        Assert.NotSame(left[0], left[1]);
    }
}
