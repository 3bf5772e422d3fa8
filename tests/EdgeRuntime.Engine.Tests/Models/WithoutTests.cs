using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>Orders that want a line to have no package.</summary>
public sealed class WithoutTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void A_configuration_is_left_for_none_on_a_signed_order_once_and_may_be_ordered_again()
    {
        byte[] settings = TestPackages.MakeConfiguration(1);
        using SimulatedDevice device = Start();
        device.Obey(device.OrderFor(settings, 1, model: TestPackages.ConfigurationName));
        Assert.Equal("1.0.0", device.InForce?.Manifest.Version);

        device.Steps.Clear();
        device.Obey(Without(2));
        device.Obey(Without(2));

        Assert.Null(device.InForce);
        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(["undone: deployment d-2 wants no package here"], device.Story);
        device.Obey(device.OrderFor(settings, 3, model: TestPackages.ConfigurationName));
        Assert.Equal("1.0.0", device.InForce?.Manifest.Version);
    }

    [Fact]
    public void A_model_is_not_left_for_none_whoever_orders_it()
    {
        using SimulatedDevice device = Start();

        device.Obey(Without(1, "plant"));

        Assert.Equal(("1.0.0", 1L), (device.Version, device.Agent.Accepted.Generation));
    }

    [Fact]
    public void An_order_that_wants_a_package_and_none_for_the_same_line_is_ignored()
    {
        using SimulatedDevice device = Start();
        PackageReference reference = device.Shelve(TestPackages.MakeConfiguration(1));

        device.Obey(Without(1, TestPackages.ConfigurationName, new Dictionary<string, PackageReference> { [TestPackages.ConfigurationName] = reference }));

        Assert.Equal(0, device.Agent.Accepted.Generation);
        Assert.Contains(device.Notices, notice => notice.EndsWith("it wants a package for a line and none at once", StringComparison.Ordinal));
    }

    private SimulatedDevice Start() =>
        new SimulatedDevice(_disk, TestPackages.Make(1), null, TestPackages.Site, TestPackages.OwnFile).Start();

    private static byte[] Without(
        long generation, string line = TestPackages.ConfigurationName, Dictionary<string, PackageReference>? slots = null) => new DesiredState
        {
            Device = SimulatedDevice.Id, Deployment = $"d-{generation}", Generation = generation, IssuedUnixMs = 1, Slots = slots ?? [], Without = [line],
        }.Sealed(TestPackages.DeployKey);
}
