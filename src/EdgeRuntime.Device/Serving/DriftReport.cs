using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>Tells of one package's drift, in its inputs and in what the model makes of them: the alarm that stands, and an event for each change of it. For the agent's thread only.</summary>
internal sealed class DriftReport(string model, LoadedModel package, Publisher publisher)
{
    /// <summary>In the names of the alarm and of its events.</summary>
    public const string Kind = "drift";

    private const int MostNamed = 5;

    private readonly DriftAlarm _alarm = new((package.Manifest.Monitoring ?? new MonitoringSpec()).Alarms);
    private readonly StandingAlarm _standing = new(Kind, model, package, publisher);
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
                _standing.Tell(EventSeverity.Info, "all features are as in training again", new Dictionary<string, double>());
                Withdraw();
                break;
            case AlarmChange.FoundNone:
                Withdraw();
                break;
        }
    }

    /// <summary>Says again what stands: after a reconnect, since a broker may have forgotten it.</summary>
    public void Repeat() => _standing.Repeat();

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
        if (_standing.Message is AlarmMessage standing)
        {
            _standing.Amend(standing with { Explanation = explanation });
        }
    }

    /// <summary>Whether an alarm stands.</summary>
    public bool Stands => _standing.Message is not null;

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
        if (shift is null || _standing.Message is not AlarmMessage standing || shift.Drifted == (standing.Attributions is not null))
        {
            return;
        }

        string detail = shift.Now == shift.Before ? "other features matter to the model" : $"{shift.Now} matters most to the model, in training {shift.Before}";
        _standing.Amend(standing with
        {
            Detail = shift.Drifted ? $"{_detail}; {detail}" : _detail,
            Attributions = shift.Drifted ? shift : null,
        });
    }

    private void Withdraw()
    {
        _standing.Withdraw();
        _isUnexplained = false;
    }

    private void Raise(DriftVerdict verdict, WindowMessage window)
    {
        IReadOnlyList<AlarmCause> causes = DriftAlarm.CausesOf(verdict);
        _detail = $"{Listed(verdict.Drifting)} no longer as in training";
        _standing.Raise(_detail, ((AlarmState.Standing)_alarm.State).SinceUnixMs, causes, verdict.FirstWindow, window.Sequence);
        _isUncaptured = package.Manifest.Monitoring?.Capture is { Drifting: true };
        _isUnexplained = (package.Manifest.Monitoring?.Explain ?? new ExplainSpec()) is { Alarms: true, InferencesPerMinute: > 0 };
        _standing.Tell(
            EventSeverity.Warning, _detail, causes.DistinctBy(cause => cause.Feature).ToDictionary(cause => cause.Feature, cause => cause.Ratio));
    }

    private static string Listed(IReadOnlyList<string> names) => names.Count <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Count - MostNamed} more";
}
