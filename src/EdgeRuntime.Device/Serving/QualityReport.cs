using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Device.Serving;

/// <summary>Tells when a package's answers become wrong more often: the alarm that stands, and an event for each change of it. For the agent's thread only.</summary>
internal sealed class QualityReport(string model, LoadedModel package, Publisher publisher)
{
    /// <summary>In the names of the alarm and of its events.</summary>
    public const string Kind = "quality";

    private readonly QualityAlarm _alarm = new(
        (package.Manifest.Monitoring ?? new MonitoringSpec()).Alarms, package.Reference.Quality?.Measured);

    private readonly StandingAlarm _standing = new(Kind, model, package, publisher);
    private bool _isForgotten;

    /// <summary>Takes what labels said in a window that was just told.</summary>
    public void Take(WindowMessage window)
    {
        if (package.Manifest.Monitoring?.Labels is null)
        {
            // Nothing of this package ends what one before it may have left at the broker.
            ForgetOnce();
            return;
        }

        switch (_alarm.Take(window.Quality?.Errors, window.StartUnixMs, window.EndUnixMs, window.Sequence))
        {
            case AlarmChange.Raised:
                Raise(window);
                break;
            case AlarmChange.Ended:
                Tell(EventSeverity.Info, "answers are as often right as before again");
                _standing.Withdraw();
                break;
            case AlarmChange.FoundNone:
                _standing.Withdraw();
                break;
        }
    }

    /// <summary>Says again what stands: after a reconnect, since a broker may have forgotten it.</summary>
    public void Repeat() => _standing.Repeat();

    private void ForgetOnce()
    {
        if (!_isForgotten)
        {
            _isForgotten = true;
            _standing.Withdraw();
        }
    }

    private void Raise(WindowMessage window)
    {
        ErrorCounts errors = window.Quality!.Errors!;
        string detail = string.Create(
            CultureInfo.InvariantCulture, $"answers are wrong more often: {errors.Wrong} of the last {errors.Answers} that labels came for");
        _standing.Raise(detail, ((AlarmState.Standing)_alarm.State).SinceUnixMs, _alarm.Causes, _alarm.FirstWindow, window.Sequence);
        Tell(EventSeverity.Warning, detail);
    }

    private void Tell(EventSeverity severity, string detail) =>
        _standing.Tell(severity, detail, _alarm.Causes.ToDictionary(cause => cause.Statistic, cause => cause.Value));
}
