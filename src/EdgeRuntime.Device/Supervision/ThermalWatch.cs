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

    private readonly Watched[] _zones = [.. Find(files, zones)];
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
        foreach (Watched watched in _zones)
        {
            if (files.Number(watched.File) is not long milli)
            {
                continue;
            }

            double celsius = milli / 1000.0;
            ThermalTrip? before = watched.Reached;
            ThermalTrip? now = watched.Zone.Reached(celsius, before);
            if (now != before)
            {
                watched.Reached = now;
                changes.Add(new ThermalChange(now, now is not null
                    ? watched.Zone.Tell(celsius, now)
                    : string.Create(CultureInfo.InvariantCulture, $"{watched.Zone.Zone} {celsius:0.0} Cel: below {before!.Celsius:0.#} again, where the board {before.Means}")));
            }
        }

        return changes;
    }

    private static IEnumerable<Watched> Find(MachineFiles files, IReadOnlyList<ThermalZone> zones)
    {
        foreach (string directory in zones.Count == 0 ? [] : files.Entries("sys/class/thermal", "thermal_zone"))
        {
            string? type = files.Text($"{directory}/type");
            if (zones.FirstOrDefault(zone => zone.Zone == type) is ThermalZone zone)
            {
                yield return new Watched(zone, $"{directory}/temp");
            }
        }
    }

    // A machine may have several zones of one name.
    private sealed class Watched(ThermalZone zone, string file)
    {
        public ThermalZone Zone => zone;

        public string File => file;

        public ThermalTrip? Reached { get; set; }
    }
}
