using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>Tells of one package's drift, in its inputs and in what the model makes of them: the alarm that stands, and an event for each change of it. For the agent's thread only.</summary>
internal sealed class DriftReport(string model, LoadedModel package, Publisher publisher)
{
    private const int MostNamed = 5;

    private readonly DriftAlarm _alarm = new((package.Manifest.Monitoring ?? new MonitoringSpec()).Alarms);
    private AlarmMessage? _standing;
    private string _detail = "";
    private bool _isUnexplained;
    private bool _isUncaptured;

    /// <summary>Takes the verdict on a window that was just told.</summary>
    public void Take(DriftVerdict verdict, WindowMessage window)
    {
        switch (_alarm.Take(verdict, window.StartUnixMs, window.EndUnixMs))
        {
            case AlarmChange.Raised:
                Raise(verdict, window);
                break;
            case AlarmChange.Ended:
                Tell(EventSeverity.Info, "all features are as in training again", new Dictionary<string, double>());
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

    /// <summary>Whether an alarm was raised that should be told with an explanation, once.</summary>
    public bool TakeUnexplained()
    {
        bool taken = _isUnexplained;
        _isUnexplained = false;
        return taken;
    }

    /// <summary>Whether an alarm was raised of which frames should be kept, once.</summary>
    public bool TakeUncaptured()
    {
        bool taken = _isUncaptured;
        _isUncaptured = false;
        return taken;
    }

    /// <summary>Tells the alarm that stands again, with what the model makes of the inputs that raised it.</summary>
    public void Explain(ExplanationReport explanation)
    {
        if (_standing is AlarmMessage standing)
        {
            _standing = standing with
            {
                Sequence = publisher.Stamp.Next("alarm"), UnixMs = publisher.Stamp.UnixMs, Explanation = explanation,
            };
            Repeat();
        }
    }

    /// <summary>Whether an alarm stands.</summary>
    public bool Stands => _standing is not null;

    /// <summary>What the model listens to.</summary>
    public AttributionWatch Attributions { get; } = new(package.Manifest, package.Reference);

    /// <summary>
    /// Counts an explanation, where it is of this package, and tells the alarm that stands again, when the model begins to listen to
    /// something else than in its reference, or ends to.
    /// </summary>
    public void Count(ExplanationReport explanation)
    {
        if (explanation.Digest != package.Digest)
        {
            return;
        }

        Attributions.Take(explanation);
        AttributionShift? shift = Attributions.Shift();
        if (shift is null || _standing is not AlarmMessage standing || shift.Drifted == (standing.Attributions is not null))
        {
            return;
        }

        string detail = shift.Now == shift.Before ? "other features matter to the model" : $"{shift.Now} matters most to the model, in training {shift.Before}";
        _standing = standing with
        {
            Sequence = publisher.Stamp.Next("alarm"),
            UnixMs = publisher.Stamp.UnixMs,
            Detail = shift.Drifted ? $"{_detail}; {detail}" : _detail,
            Attributions = shift.Drifted ? shift : null,
        };
        Repeat();
    }

    private void Withdraw()
    {
        _standing = null;
        _isUnexplained = false;
        Forget(model, publisher);
    }

    private void Raise(DriftVerdict verdict, WindowMessage window)
    {
        IReadOnlyList<AlarmCause> causes = DriftAlarm.CausesOf(verdict);
        string detail = $"{Listed(verdict.Drifting)} no longer as in training";
        _detail = detail;
        _standing = new AlarmMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("alarm"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Name = NameOf(model),
            Kind = "drift",
            Model = model,
            Version = package.Manifest.Version,
            Digest = package.Digest,
            SinceUnixMs = ((AlarmState.Standing)_alarm.State).SinceUnixMs,
            Detail = detail,
            Causes = causes,
            FirstWindow = verdict.FirstWindow,
            LastWindow = window.Sequence,
        };
        _isUncaptured = package.Manifest.Monitoring?.Capture is { Drifting: true };
        _isUnexplained = (package.Manifest.Monitoring?.Explain ?? new ExplainSpec()) is { Alarms: true, InferencesPerMinute: > 0 };
        Repeat();
        Tell(EventSeverity.Warning, detail, causes.DistinctBy(cause => cause.Feature).ToDictionary(cause => cause.Feature, cause => cause.Ratio));
    }

    private void Tell(EventSeverity severity, string detail, IReadOnlyDictionary<string, double> values) => publisher.Event(
        "event/drift",
        new EventMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("event"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Kind = "drift",
            Severity = severity,
            Model = model,
            Detail = detail,
            Values = values,
        },
        WireJson.Default.EventMessage);

    private static string NameOf(string model) => $"drift-{model}";

    private static string TopicOf(string model) => $"alarm/{NameOf(model)}";

    private static string Listed(IReadOnlyList<string> names) => names.Count <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Count - MostNamed} more";
}
