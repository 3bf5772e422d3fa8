using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class CarrierTests
{
    private const string Address = "https://files.example/plant-2.edgepkg";

    private static readonly byte[] One = TestPackages.Make(1);
    private static readonly byte[] Two = TestPackages.Make(2, gain: 5);

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void The_owners_order_of_carriers_counts_and_not_the_orders()
    {
        using SimulatedDevice device = Device("url", "mqtt");
        device.Web[Address] = Two;

        Obey(device, "mqtt", Address);

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal(0, device.Sent);
    }

    [Fact]
    public void An_address_fetches_while_the_broker_is_away()
    {
        using SimulatedDevice device = Device("url");
        device.Web[Address] = Two;
        device.Agent.OnLink(false);

        Obey(device, Address);

        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void A_carrier_that_is_not_allowed_is_never_used_and_the_update_fails_rather()
    {
        using SimulatedDevice device = Device("mqtt");
        device.Web[Address] = Two;

        Obey(device, Address);

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(0, device.WebRequests);
        Assert.Contains("this device may use mqtt (transfer.carriers)", device.Story[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_404_ends_an_address_at_once_and_the_next_carrier_is_told()
    {
        using SimulatedDevice device = Device("url", "mqtt");

        Obey(device, "mqtt", Address);

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal(1, device.WebRequests);
        Assert.Contains(device.Notices, notice => notice.Contains("answered 404; the package comes by mqtt instead of", StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_404_of_the_only_carrier_ends_the_update()
    {
        using SimulatedDevice device = Device("url");

        Obey(device, Address);

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(1, device.WebRequests);
        Assert.Contains("answered 404", device.Story[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_asked_ever_more_rarely_until_it_does()
    {
        using SimulatedDevice device = Device("url");
        device.Web[Address] = null;

        Obey(device, Address);
        int asked = device.WebRequests;
        device.Web[Address] = Two;
        device.Run();

        Assert.InRange(asked, 2, 60);
        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void Another_file_at_the_address_is_not_taken_for_the_package()
    {
        using SimulatedDevice device = Device("url", "mqtt");
        device.Web[Address] = new byte[Two.Length];

        Obey(device, "mqtt", Address);

        Assert.Equal("2.0.0", device.Version);
        Assert.Contains(device.Notices, notice => notice.Contains("bytes that are not the package's", StringComparison.Ordinal));
    }

    private static void Obey(SimulatedDevice device, params string[] carriers)
    {
        PackageReference package = device.Shelve(Two) with { Carriers = carriers };
        device.Obey(SimulatedDevice.Order(1, new() { ["plant"] = package }));
        device.Run();
    }

    private SimulatedDevice Device(params string[] carriers) =>
        new SimulatedDevice(_disk, One, new TransferPolicy { Carriers = carriers }).Start();
}
