using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// One alarm of a model as others hear it: a retained message while it stands, and an event for each change of it. When it begins and
/// ends, others decide. For the agent's thread only.
/// </summary>
/// <param name="kind"><c>drift</c> or <c>quality</c>, in its name and in those of its events.</param>
internal sealed class StandingAlarm(string kind, string model, LoadedModel package, Publisher publisher)
{
    /// <summary>The message, or null while none stands.</summary>
    public AlarmMessage? Message { get; private set; }

    /// <summary>Tells it.</summary>
    /// <param name="sinceUnixMs">When it began, UTC milliseconds.</param>
    /// <param name="firstWindow">Sequence of the first window that it rests on.</param>
    /// <param name="lastWindow">Of the last.</param>
    public void Raise(string detail, long sinceUnixMs, IReadOnlyList<AlarmCause> causes, long firstWindow, long lastWindow)
    {
        Message = new AlarmMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("alarm"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Name = NameOf(kind, model),
            Kind = kind,
            Model = model,
            Version = package.Manifest.Version,
            Digest = package.Digest,
            SinceUnixMs = sinceUnixMs,
            Detail = detail,
            Causes = causes,
            FirstWindow = firstWindow,
            LastWindow = lastWindow,
        };
        Repeat();
    }

    /// <summary>Tells what is known of it by now.</summary>
    /// <param name="known">As it stands, with what changed.</param>
    public void Amend(AlarmMessage known)
    {
        Message = known with { Sequence = publisher.Stamp.Next("alarm"), UnixMs = publisher.Stamp.UnixMs };
        Repeat();
    }

    /// <summary>Says again what stands: after a reconnect, since a broker may have forgotten it.</summary>
    public void Repeat()
    {
        if (Message is AlarmMessage standing)
        {
            publisher.State(TopicOf(kind, model), standing, WireJson.Default.AlarmMessage);
        }
    }

    /// <summary>Ends it.</summary>
    public void Withdraw()
    {
        Message = null;
        Forget(kind, model, publisher);
    }

    /// <summary>Sends an event about it.</summary>
    public void Tell(EventSeverity severity, string detail, IReadOnlyDictionary<string, double> values) => publisher.Event(
        $"event/{kind}",
        new EventMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("event"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Kind = kind,
            Severity = severity,
            Model = model,
            Detail = detail,
            Values = values,
        },
        WireJson.Default.EventMessage);

    /// <summary>Takes back the alarm of a model, also one that an earlier run left at the broker.</summary>
    public static void Forget(string kind, string model, Publisher publisher) => publisher.Forget(TopicOf(kind, model));

    private static string NameOf(string kind, string model) => $"{kind}-{model}";

    private static string TopicOf(string kind, string model) => $"alarm/{NameOf(kind, model)}";
}
