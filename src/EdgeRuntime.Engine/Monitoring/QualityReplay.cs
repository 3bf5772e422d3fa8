using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Comes to the alarms of one package's answers again, through the device's own code, from what stored windows tell of labels.</summary>
/// <remarks>
/// Give it the windows of one device that <see cref="DriftReplay"/> judged, in their order; a new boot begins anew, as the device did.
/// </remarks>
public sealed class QualityReplay(ModelManifest manifest, ReferenceProfile reference)
{
    private BootId _boot;

    /// <summary>The alarm of the newest window's boot.</summary>
    public QualityAlarm Alarm { get; private set; } = New(manifest, reference);

    /// <summary>Takes the next window.</summary>
    /// <returns>What it did to the alarm; nothing where the package does not watch labels.</returns>
    public AlarmChange Take(WindowMessage window)
    {
        if (window.Boot != _boot)
        {
            _boot = window.Boot;
            Alarm = New(manifest, reference);
        }

        return manifest.Monitoring?.Labels is null
            ? AlarmChange.None
            : Alarm.Take(window.Quality?.Errors, window.StartUnixMs, window.EndUnixMs, window.Sequence);
    }

    private static QualityAlarm New(ModelManifest manifest, ReferenceProfile reference) =>
        new((manifest.Monitoring ?? new MonitoringSpec()).Alarms, reference.Quality?.Measured);
}
