using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Device.Serving;

/// <summary>Tells when a package's answers become wrong more often: the alarm that stands, and an event for each change of it. For the agent's thread only.</summary>
internal sealed class QualityReport(string model, LoadedModel package, Publisher publisher)
{
    private readonly QualityAlarm _alarm = new(
        (package.Manifest.Monitoring ?? new MonitoringSpec()).Alarms, package.Reference.Quality?.Measured);

    private AlarmMessage? _standing;
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
                Withdraw();
                break;
            case AlarmChange.FoundNone:
                Withdraw();
                break;
        }
    }

    /// <summary>Says again what stands: after a reconnect, since a broker may have forgotten it.</summary>
    public void Repeat()
    {
        if (_standing is AlarmMessage standing)
        {
            publisher.State(TopicOf(model), standing, WireJson.Default.AlarmMessage);
        }
    }

    /// <summary>Takes back the alarm of a model, also one that an earlier run left at the broker.</summary>
    public static void Forget(string model, Publisher publisher) => publisher.Forget(TopicOf(model));

    private void ForgetOnce()
    {
        if (!_isForgotten)
        {
            _isForgotten = true;
            Forget(model, publisher);
        }
    }

    private void Withdraw()
    {
        _standing = null;
        Forget(model, publisher);
    }

    private void Raise(WindowMessage window)
    {
        ErrorCounts errors = window.Quality!.Errors!;
        string detail = string.Create(
            CultureInfo.InvariantCulture, $"answers are wrong more often: {errors.Wrong} of the last {errors.Answers} that labels came for");
        _standing = new AlarmMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("alarm"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Name = NameOf(model),
            Kind = "quality",
            Model = model,
            Version = package.Manifest.Version,
            Digest = package.Digest,
            SinceUnixMs = ((AlarmState.Standing)_alarm.State).SinceUnixMs,
            Detail = detail,
            Causes = _alarm.Causes,
            FirstWindow = _alarm.FirstWindow,
            LastWindow = window.Sequence,
        };
        Repeat();
        Tell(EventSeverity.Warning, detail);
    }

    private void Tell(EventSeverity severity, string detail) => publisher.Event(
        "event/quality",
        new EventMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("event"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Kind = "quality",
            Severity = severity,
            Model = model,
            Detail = detail,
            Values = _alarm.Causes.ToDictionary(cause => cause.Statistic, cause => cause.Value),
        },
        WireJson.Default.EventMessage);

    private static string NameOf(string model) => $"quality-{model}";

    private static string TopicOf(string model) => $"alarm/{NameOf(model)}";
}
