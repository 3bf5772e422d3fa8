using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Says over MQTT when a model's decision begins or ends to be one of those an action is about, whatever package decides. For the
/// agent's thread only.
/// </summary>
internal sealed class DecisionMessages
{
    private readonly string _model;
    private readonly Publisher _publisher;
    private readonly ActionConfiguration[] _actions;
    private readonly bool[] _holds;

    /// <param name="actions">Those of the model; lines are not its concern.</param>
    public DecisionMessages(string model, IEnumerable<ActionConfiguration> actions, Publisher publisher)
    {
        _model = model;
        _publisher = publisher;
        _actions = [.. actions.Where(action => action is not ActionConfiguration.Line)];
        _holds = new bool[_actions.Length];
    }

    /// <summary>Another decision is in force.</summary>
    /// <param name="decision">Null when no model answers any more.</param>
    /// <param name="delay">Told when the link takes what this says.</param>
    public void Tell(string? decision, double score, long sampleUnixMs, in Delay delay)
    {
        for (int i = 0; i < _actions.Length; i++)
        {
            bool holds = decision is not null && _actions[i].Decisions.Contains(decision);
            if (holds == _holds[i])
            {
                continue;
            }

            _holds[i] = holds;
            if (_actions[i] is ActionConfiguration.Event action)
            {
                SendEvent(action, holds, decision, score, sampleUnixMs, delay);
            }
            else if (_actions[i] is ActionConfiguration.Message message && (holds ? message.Payload : message.Otherwise) is string payload)
            {
                _publisher.Action(message.Topic, Encoding.UTF8.GetBytes(payload), message.Retain, delay);
            }
        }
    }

    private void SendEvent(ActionConfiguration.Event action, bool holds, string? decision, double score, long sampleUnixMs, in Delay delay) =>
        _publisher.Decision(
            "event/decision",
            new EventMessage
            {
                Boot = _publisher.Stamp.Boot,
                Sequence = _publisher.Stamp.Next("event"),
                UnixMs = _publisher.Stamp.UnixMs,
                ClockSynchronized = _publisher.Stamp.ClockSynchronized,
                Kind = "decision",
                Severity = holds ? action.Severity : EventSeverity.Info,
                Model = _model,
                Detail = decision is null
                    ? "decides nothing any more"
                    : string.Create(CultureInfo.InvariantCulture, $"decides {decision}, score {score:0.###}"),
                Values = new Dictionary<string, double> { ["score"] = score, ["sample_unix_ms"] = sampleUnixMs },
            },
            WireJson.Default.EventMessage,
            delay);
}
