using System.Globalization;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Cores of one kind.</summary>
/// <param name="Kind">As its maker names it, such as <c>Cortex-A76</c>.</param>
/// <param name="Role">Beside the board's other cores: <c>uniform</c>, <c>big</c> or <c>little</c>.</param>
/// <param name="Numbers">Linux's numbers of them.</param>
/// <param name="ClockHzMax">Highest clock, Hz; null where not stated.</param>
public sealed record CoreGroup(string Kind, string Role, IReadOnlyList<int> Numbers, long? ClockHzMax);

/// <summary>What the board draws.</summary>
public sealed record PowerFacts
{
    /// <summary>Nominal supply, volts.</summary>
    public double? SupplyV { get; init; }

    /// <summary>Current that the supply should be able to give, amperes.</summary>
    public double? SupplyA { get; init; }

    /// <summary>What the bare board takes when active, amperes.</summary>
    public double? BoardA { get; init; }

    /// <summary>Highest power mode, watts.</summary>
    public double? ModeWMax { get; init; }
}

/// <summary>A bus that programs can open.</summary>
/// <param name="Name">As pins refer to it, such as <c>i2c1</c>.</param>
/// <param name="Kind"><c>i2c</c>, <c>spi</c>, <c>uart</c> or <c>gpio</c>.</param>
/// <param name="Device">Its file, such as <c>/dev/i2c-1</c>; null where the number differs from start to start.</param>
/// <param name="Label">A GPIO chip's label, by which it is found whatever its number; null for other kinds.</param>
/// <param name="Pins">Pins of the header that it takes.</param>
/// <param name="Needs">What must be done before it is there; null for nothing.</param>
public sealed record BoardBus(string Name, string Kind, string? Device, string? Label, IReadOnlyList<int> Pins, string? Needs);

/// <summary>A pin of a header that is a line of a GPIO chip.</summary>
/// <param name="Pin">Number on the header, from 1.</param>
/// <param name="Name">As the board's documents name it.</param>
/// <param name="Chip">Name of a bus of kind <c>gpio</c>.</param>
/// <param name="Line">Offset of the line in the chip.</param>
public sealed record HeaderPin(int Pin, string Name, string Chip, int Line);

/// <summary>A thermal zone.</summary>
/// <param name="Zone">Its <c>type</c> in /sys/class/thermal.</param>
/// <param name="Trips">In ascending order.</param>
public sealed record ThermalZone(string Zone, IReadOnlyList<ThermalTrip> Trips)
{
    // A zone at its trip goes to and fro around it.
    private const double Hysteresis = 3;

    /// <summary>The highest trip reached of those that cost the device something, which a fan does not; null below all of them.</summary>
    /// <param name="before">The trip that was reached before: it and those below are left only 3 degrees lower. Null for none.</param>
    public ThermalTrip? Reached(double celsius, ThermalTrip? before = null) => Trips.LastOrDefault(
        trip => trip.Kind != "active" && celsius >= trip.Celsius - (before?.Celsius >= trip.Celsius ? Hysteresis : 0));

    /// <summary>One sentence about a trip that was reached.</summary>
    public string Tell(double celsius, ThermalTrip trip) =>
        string.Create(CultureInfo.InvariantCulture, $"{Zone} {celsius:0.0} Cel: the board {trip.Means} from {trip.Celsius:0.#} on");
}

/// <summary>A temperature at which something happens.</summary>
/// <param name="Kind"><c>active</c> (a fan), <c>passive</c> (slower clocks), <c>hot</c> or <c>critical</c> (the machine stops).</param>
/// <param name="Celsius">From there on, degrees.</param>
public sealed record ThermalTrip(string Kind, double Celsius)
{
    /// <summary>What the board does there, as a verb.</summary>
    public string Means => Kind switch
    {
        "active" => "cools",
        "passive" => "slows down",
        "hot" => "is too hot",
        _ => "stops",
    };
}

/// <summary>The hardware's watchdog.</summary>
/// <param name="Device">Its file.</param>
/// <param name="Driver">The kernel's driver.</param>
/// <param name="LongestTimeoutS">Longest time it can be set to, seconds; null where not stated.</param>
public sealed record WatchdogFacts(string Device, string? Driver, double? LongestTimeoutS);

/// <summary>Something that can be stored on.</summary>
/// <param name="Kind"><c>sd</c>, <c>emmc</c>, <c>nvme</c>, <c>sata</c>, <c>usb</c> or <c>virtual</c>.</param>
/// <param name="Device">Its file; null where it depends on what is plugged in.</param>
/// <param name="Advice">How to treat it.</param>
public sealed record StorageFacts(string Kind, string? Device, string? Advice);

/// <summary>Versions of ONNX Runtime that fail on the board.</summary>
/// <param name="Versions">First parts of version numbers, such as <c>1.21</c>.</param>
/// <param name="What">What happens.</param>
/// <param name="Remedy">What to do; null for: use another version.</param>
public sealed record LibraryRisk(IReadOnlyList<string> Versions, string What, string? Remedy)
{
    /// <summary>Whether it is about this version.</summary>
    public bool Concerns(string version) =>
        Versions.Any(part => version == part || version.StartsWith(part + ".", StringComparison.Ordinal));
}
