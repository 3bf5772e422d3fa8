using System.Globalization;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Supervision;

/// <summary>A zone came to a trip of its profile, or below all of them again.</summary>
/// <param name="Trip">The highest trip reached; null when it is below all.</param>
/// <param name="Detail">One sentence for people.</param>
internal sealed record ThermalChange(ThermalTrip? Trip, string Detail);

/// <summary>
/// Watches the thermal zones of the profile for trips that cost the device something: a path that was on time at 70 degrees is
/// late at 85, and the temperature says why. Fans are not told.
/// </summary>
/// <param name="zones">The profile's; one that this machine has not is left out.</param>
internal sealed class ThermalWatch(MachineFiles files, IReadOnlyList<ThermalZone> zones, TimeProvider time)
{
    /// <summary>Heat moves slowly, and every look is a read of the kernel's files.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    // A zone at its trip goes to and fro around it.
    private const double Hysteresis = 3;

    private readonly (ThermalZone Zone, string File)[] _zones = [.. Find(files, zones)];
    private readonly ThermalTrip?[] _reached = new ThermalTrip?[zones.Count];
    private long _looked = time.GetTimestamp();

    /// <summary>Looks, when it is time to.</summary>
    /// <returns>What has changed since the last look.</returns>
    public IReadOnlyList<ThermalChange> Look()
    {
        if (_zones.Length == 0 || time.GetElapsedTime(_looked) < Pace)
        {
            return [];
        }

        _looked = time.GetTimestamp();
        List<ThermalChange> changes = [];
        for (int i = 0; i < _zones.Length; i++)
        {
            (ThermalZone zone, string file) = _zones[i];
            if (files.Number(file) is not long milli)
            {
                continue;
            }

            double celsius = milli / 1000.0;
            ThermalTrip? before = _reached[i];
            ThermalTrip? now = zone.Trips.LastOrDefault(trip => trip.Kind != "active" && celsius >= trip.Celsius - (before?.Celsius >= trip.Celsius ? Hysteresis : 0));
            if (now != before)
            {
                _reached[i] = now;
                changes.Add(new ThermalChange(now, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{zone.Zone} {celsius:0.0} Cel: {(now is null ? $"below {before!.Celsius} again, where the board {before.Means}" : $"the board {now.Means} from {now.Celsius} on")}")));
            }
        }

        return changes;
    }

    private static IEnumerable<(ThermalZone Zone, string File)> Find(MachineFiles files, IReadOnlyList<ThermalZone> zones)
    {
        foreach (string directory in zones.Count == 0 ? [] : files.Entries("sys/class/thermal", "thermal_zone"))
        {
            string? type = files.Text($"{directory}/type");
            if (zones.FirstOrDefault(zone => zone.Zone == type) is ThermalZone zone)
            {
                yield return (zone, $"{directory}/temp");
            }
        }
    }
}
