using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>Carries out what the fleet asks for on the command topics, and answers.</summary>
internal sealed class Commands(
    DeviceId device, Topics topics, Publisher publisher, UpdateAgent updates, IReadOnlyList<ModelHost> hosts, Labels labels,
    Outbox outbox, DurableOutbox durable, AllocationBudget budget, Explanations explanations, Captures captures, Action birth)
{
    /// <summary>Carries out one command.</summary>
    /// <param name="name">Last level of its topic.</param>
    public void Handle(string name, Letter.Received message)
    {
        switch (Parse(message.Payload))
        {
            case null:
                Answer(name, message, false, "the command is not the JSON object that a command is");
                break;
            case { } command when command.ExpiresUnixMs < publisher.Stamp.UnixMs:
                Answer(name, message, false, "the command has expired");
                break;
            case { } command when name == "explain":
                Explain(command, message);
                break;
            case { } command:
                (bool done, string detail, Dictionary<string, double> values) = Carry(name, command);
                Answer(name, message, done, detail, values);
                break;
        }
    }

    private void Answer(
        string name, Letter.Received message, bool done, string detail, Dictionary<string, double>? values = null,
        ExplanationReport? explanation = null) => publisher.Response(
        TopicOf(name, message.ResponseTopic),
        new ResponseMessage
        {
            Boot = publisher.Stamp.Boot,
            Sequence = publisher.Stamp.Next("response"),
            UnixMs = publisher.Stamp.UnixMs,
            ClockSynchronized = publisher.Stamp.ClockSynchronized,
            Done = done,
            Detail = detail,
            Values = values ?? [],
            Explanation = explanation,
        },
        WireJson.Default.ResponseMessage,
        message.Correlation);

    private ModelHost? HostOf(CommandMessage command) => command.Model is null && hosts.Count == 1
        ? hosts[0]
        : hosts.FirstOrDefault(host => host.Name == command.Model);

    private static string NoModel(string name, CommandMessage command) =>
        command.Model is null ? $"{name} needs the name of a model" : $"there is no model '{command.Model}'";

    private void Explain(CommandMessage command, Letter.Received message)
    {
        if (HostOf(command) is not ModelHost host)
        {
            Answer("explain", message, false, NoModel("explain", command));
        }
        else if (command.Method is not (null or "auto" or "exact" or "shapley" or "occlusion"))
        {
            Answer("explain", message, false, $"there is no method '{command.Method}'; there are auto, exact, shapley and occlusion");
        }
        else
        {
            explanations.Ask(
                host, new ExplanationWish(command.MostInferences, command.Method, command.Seed, command.Sample),
                (report, objection) => Answer(
                    "explain", message, report is not null,
                    report is null ? objection : $"sample {report.N}, {report.Inferences} inferences", explanation: report));
        }
    }

    private (bool Done, string Detail, Dictionary<string, double> Values) Carry(string name, CommandMessage command)
    {
        switch (name)
        {
            case "ping":
                return (true, "pong", []);
            case "health":
                return (true, "figures since start", Health());
            case "rebirth":
                birth();
                return (true, "status, info and reported are sent again", []);
            case "mirror":
                return (true, $"what goes out as protobuf is sent as JSON too for 60 s, on up/mirror/…; {publisher.BeginMirror()} at once", []);
            case "capture":
                return HostOf(command) is ModelHost host ? captures.Carry(command, host) : (false, NoModel(name, command), []);
            case "undo" when command.Model is null:
                return (false, "undo needs the name of a model", []);
            case "undo":
                string detail = updates.Undo(command.Model, out bool done);
                return (done, detail, []);
            default:
                return (false, $"there is no command '{name}'; there are ping, health, mirror, rebirth, undo, explain and capture", []);
        }
    }

    private Dictionary<string, double> Health()
    {
        Dictionary<string, double> values = new()
        {
            ["managed_bytes"] = GC.GetTotalMemory(forceFullCollection: false),
            ["resident_bytes"] = Environment.WorkingSet,
            ["collections"] = GC.CollectionCount(0),
            ["allocated_bytes"] = GC.GetTotalAllocatedBytes(),
            ["allocated_bytes_per_s"] = budget.BytesPerSecond,
            ["allocated_bytes_per_s_most"] = budget.MostBytesPerSecond,
            ["allocated_bytes_per_s_budget"] = budget.Budget,
        };
        values["labels.refused"] = labels.Refused;
        foreach (ModelHost host in hosts)
        {
            values[$"{host.Name}.samples"] = host.Samples;
            values[$"{host.Name}.failed"] = host.Failed;
        }

        foreach ((string name, double value) in captures.Figures())
        {
            values[name] = value;
        }

        foreach (OutboxClass kind in Enum.GetValues<OutboxClass>())
        {
            OutboxCounts counts = outbox.Counts(kind);
            string name = kind.ToString().ToLowerInvariant();
            values[$"outbox.{name}.waiting"] = counts.Waiting;
            values[$"outbox.{name}.dropped"] = counts.Dropped;
        }

        OutboxReport report = durable.Report();
        values["outbox.bytes"] = report.Bytes;
        values["outbox.damaged"] = report.Damaged;
        foreach ((string name, OutboxTally tally) in report.Classes)
        {
            values[$"outbox.{name}.produced"] = tally.Produced;
            values[$"outbox.{name}.sent"] = tally.Sent;
            values[$"outbox.{name}.merged"] = tally.Merged;
            values[$"outbox.{name}.dropped"] = tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage;
            values[$"outbox.{name}.waiting"] = tally.Waiting;
        }

        return values;
    }

    private static CommandMessage? Parse(byte[] payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, WireJson.Default.CommandMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Only below the device's own topics: a command must not make it write anywhere else.
    private string TopicOf(string name, string? asked)
    {
        string own = topics.Up(device, "response/");
        return asked is not null && asked.StartsWith(own, StringComparison.Ordinal) && !asked.AsSpan().ContainsAny('+', '#')
            ? asked
            : own + (DeviceId.TryParse(name, out _) ? name : "unknown");
    }
}
