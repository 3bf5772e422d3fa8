using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads <c>actions</c> of a model.</summary>
internal static class ActionReader
{
    private const int MostActions = 16;
    private const int LongestTopic = 512;
    private const int LongestPayload = 4096;

    private static readonly string[] Kinds = ["gpio", "event", "message"];
    private static readonly string[] Severities = ["info", "warning", "error"];
    private static readonly string[] States = ["off", "on"];

    /// <summary>Reads them all.</summary>
    public static IReadOnlyList<ActionConfiguration> Read(JsonObjectReader model) => model.Objects("actions", ReadOne, MostActions);

    /// <summary>Notes lines that two actions want, and topics that are the device's own.</summary>
    public static void Check(JsonObjectReader root, DeviceConfiguration configuration)
    {
        HashSet<(int? Pin, string Chip, int Offset)> taken = [];
        for (int i = 0; i < configuration.Models.Count; i++)
        {
            foreach (ActionConfiguration action in configuration.Models[i].Actions)
            {
                if (action is ActionConfiguration.Line line && (line.Pin is not null || line.Chip.Length > 0)
                    && !taken.Add((line.Pin, line.Chip, line.Offset)))
                {
                    string name = line.Pin is int pin ? $"pin {pin}" : $"line {line.Offset} of {line.Chip}";
                    root.Mistake("models", i, "actions", $"{name} is driven by another action already; a line obeys one");
                }

                if (action is ActionConfiguration.Message message
                    && message.Topic.StartsWith(configuration.Link.Root + "/", StringComparison.Ordinal))
                {
                    root.Mistake("models", i, "actions", $"the topic {message.Topic} lies under {configuration.Link.Root}, where devices speak for themselves; use kind event");
                }
            }
        }
    }

    /// <summary>Settles pins by the profile's header; notes those that it does not have.</summary>
    /// <param name="source">What stands in the configuration's file.</param>
    public static DeviceConfiguration Settle(DeviceConfiguration configuration, DeviceProfile profile, JsonValue source, Mistakes mistakes)
    {
        JsonValue? models = source.Find("models")?.Value;
        return configuration with
        {
            Models = [.. configuration.Models.Select((model, i) => model with
            {
                Actions = [.. model.Actions.Select((action, j) => action is ActionConfiguration.Line { Pin: int pin } line
                    ? Settle(line, pin, profile, models?.Items[i].Find("actions")?.Value.Items[j], $"models[{i}].actions[{j}].pin", mistakes)
                    : action)],
            })],
        };
    }

    private static ActionConfiguration.Line Settle(
        ActionConfiguration.Line line, int pin, DeviceProfile profile, JsonValue? action, string path, Mistakes mistakes)
    {
        if (profile.Pins.FirstOrDefault(each => each.Pin == pin) is not HeaderPin header)
        {
            if (action is not null)
            {
                mistakes.Add(action.Find("pin")?.Value ?? action, path, profile.Pins.Count == 0
                    ? $"the profile {profile.Name} has no pins; name chip and line"
                    : $"{pin} is no GPIO pin of {profile.Name}; there are {string.Join(", ", profile.Pins.Select(each => each.Pin).Order())}");
            }

            return line;
        }

        BoardBus? chip = profile.Buses.FirstOrDefault(bus => bus.Name == header.Chip);
        return line with { Chip = chip?.Label ?? chip?.Device ?? header.Chip, Offset = header.Line };
    }

    private static ActionConfiguration ReadOne(JsonObjectReader action)
    {
        string kind = action.RequiredChoice("kind", Kinds);
        IReadOnlyList<string> decisions = action.Strings("decisions", min: 1, max: 1024);
        return kind switch
        {
            "event" => new ActionConfiguration.Event(
                decisions, (EventSeverity)Array.IndexOf(Severities, action.Choice("severity", "warning", Severities))),
            "message" => new ActionConfiguration.Message(decisions)
            {
                Topic = action.RequiredString("topic", CheckTopic),
                Payload = action.RequiredString("payload", CheckPayload),
                Otherwise = action.String("otherwise", CheckPayload),
                Retain = action.Bool("retain", false),
            },
            "gpio" => ReadLine(action, decisions),

            // The kind is wrong and said so; nothing else is judged.
            _ => Unknown(action, decisions),
        };
    }

    private static ActionConfiguration.Line ReadLine(JsonObjectReader action, IReadOnlyList<string> decisions)
    {
        ActionConfiguration.Line line = new(decisions)
        {
            Pin = action.Int("pin", 1, 1024),
            Chip = action.String("chip", "", text => text.Length is 0 or > 255 ? "must be a device such as /dev/gpiochip0, or a chip's name or label" : null),
            Offset = action.Int("line", 0, 0, 65535),
            ActiveLow = action.Bool("active_low", false),
            IsSafeOn = action.Choice("safe", "off", States) == "on",
        };
        bool named = action.Has("chip") || action.Has("line");
        if (action.Has("pin") == named || (named && !(action.Has("chip") && action.Has("line"))))
        {
            action.Mistake("needs either pin, a pin of the profile's header, or both chip and line");
        }

        return line;
    }

    private static ActionConfiguration.Event Unknown(JsonObjectReader action, IReadOnlyList<string> decisions)
    {
        foreach (string name in action.Names)
        {
            _ = action.Has(name);
        }

        return new ActionConfiguration.Event(decisions, EventSeverity.Info);
    }

    private static string? CheckTopic(string topic) =>
        topic.Length == 0 || topic.AsSpan().ContainsAny('+', '#', '\0') || topic[0] == '$' || Encoding.UTF8.GetByteCount(topic) > LongestTopic
            ? $"must be topic levels such as plant/siren/set, without '+', '#' or a '$' at its start, at most {LongestTopic} bytes"
            : null;

    private static string? CheckPayload(string payload) => Encoding.UTF8.GetByteCount(payload) > LongestPayload
        ? $"has more than {LongestPayload} bytes"
        : null;
}
