using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

public sealed class ThermalWatchTests : IDisposable
{
    private static readonly ThermalZone[] Zones =
    [
        new("absent-thermal", [new("critical", 10)]),
        new("cpu-thermal", [new("active", 50), new("passive", 80), new("critical", 110)]),
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("edge-heat-").FullName;
    private readonly SteppedClock _clock = new();

    [Fact]
    public void A_trip_is_told_when_it_is_reached_and_when_it_is_left_and_not_while_the_temperature_goes_to_and_fro()
    {
        Show("70000");
        ThermalWatch watch = new(new MachineFiles(_root), Zones, _clock);
        List<string?> told = [];
        foreach (string milli in (string[])["70000", "79999", "80000", "78500", "80500", "111000", "109000", "77001", "76999", "20000"])
        {
            Show(milli);
            _clock.Advance(ThermalWatch.Pace);
            told.Add(watch.Look() is [ThermalChange change] ? change.Trip?.Kind ?? "none" : null);
        }

        Assert.Equal([null, null, "passive", null, null, "critical", null, "passive", "none", null], told);
    }

    [Fact]
    public void A_change_says_how_hot_it_is_and_what_the_board_does()
    {
        Show("84200");
        ThermalWatch watch = new(new MachineFiles(_root), Zones, _clock);
        _clock.Advance(ThermalWatch.Pace);

        Assert.Equal("cpu-thermal 84.2 Cel: the board slows down from 80 on", Assert.Single(watch.Look()).Detail);
        Assert.Empty(watch.Look());
    }

    [Fact]
    public void A_zone_that_cannot_be_read_and_a_machine_without_zones_are_no_change()
    {
        ThermalWatch none = new(new MachineFiles(_root), Zones, _clock);
        Show("");
        ThermalWatch unreadable = new(new MachineFiles(_root), Zones, _clock);
        _clock.Advance(ThermalWatch.Pace);

        Assert.Empty(none.Look());
        Assert.Empty(unreadable.Look());
    }

    [Fact]
    public void Zones_of_one_name_are_told_each_by_itself()
    {
        string[] milli = ["70000", "81000", "82000"];
        for (int i = 0; i < milli.Length; i++)
        {
            Show(milli[i], i);
        }

        ThermalWatch watch = new(new MachineFiles(_root), Zones, _clock);
        _clock.Advance(ThermalWatch.Pace);

        Assert.Equal(["passive", "passive"], watch.Look().Select(change => change.Trip?.Kind));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Show(string milli, int number = 0)
    {
        string zone = Path.Combine(_root, $"sys/class/thermal/thermal_zone{number}");
        Directory.CreateDirectory(zone);
        File.WriteAllText(Path.Combine(zone, "type"), "cpu-thermal\n");
        File.WriteAllText(Path.Combine(zone, "temp"), milli);
    }
}
