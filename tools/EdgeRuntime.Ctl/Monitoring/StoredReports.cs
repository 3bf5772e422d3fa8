using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>
/// Windows and alarms of devices as somebody wrote them down: one message a line, with its topic before it, as
/// <c>mosquitto_sub -v</c> prints them, or without.
/// </summary>
internal sealed class StoredReports
{
    private static readonly string[] Kinds = [ReplayedReports.Drift, ReplayedReports.Quality];

    private readonly Dictionary<string, List<WindowMessage>> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<AlarmMessage>> _alarms = new(StringComparer.Ordinal);

    /// <summary>Devices there is a window of, by name; the empty name where lines have no topic.</summary>
    public IEnumerable<string> Devices => _windows.Keys.Order(StringComparer.Ordinal);

    /// <summary>Lines that are neither a window nor an alarm of the model.</summary>
    public int Others { get; private set; }

    /// <summary>Windows that came more than once.</summary>
    public int Duplicates { get; private set; }

    /// <summary>A device's windows in the order in which it made them: boot after boot, and by sequence within one.</summary>
    public IReadOnlyList<WindowMessage> WindowsOf(string device) =>
    [
        .. _windows[device].GroupBy(window => window.Boot).OrderBy(boot => boot.Min(window => window.UnixMs))
            .SelectMany(boot => boot.OrderBy(window => window.Sequence)),
    ];

    /// <summary>The alarms that a device raised, as far as they were written down.</summary>
    public IReadOnlyList<AlarmMessage> AlarmsOf(string device) => _alarms.GetValueOrDefault(device) ?? [];

    /// <summary>Takes the lines of one file.</summary>
    /// <param name="model">Only of this model.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <param name="mistakes">Gets a sentence for each line that begins like a window or alarm and is none.</param>
    public void Read(byte[] utf8, string model, string name, List<string> mistakes)
    {
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(utf8).Split('\n'))
        {
            number++;
            int begin = line.IndexOf('{', StringComparison.Ordinal);
            if (begin < 0)
            {
                continue;
            }

            string topic = line[..begin].Trim();
            try
            {
                Take(topic, line[begin..], model);
            }
            catch (JsonException e)
            {
                mistakes.Add($"{name}:{number}: is not a message of a device: {e.Message}");
            }
        }
    }

    private void Take(string topic, string json, string model)
    {
        string[] levels = topic.Split('/');
        string device = levels.Length > 3 ? levels[^4] : "";
        if (topic.Length == 0 ? json.Contains("\"causes\":", StringComparison.Ordinal) : Kinds.Any(kind => topic.EndsWith($"/alarm/{kind}-{model}", StringComparison.Ordinal)))
        {
            AlarmMessage alarm = JsonSerializer.Deserialize(json, WireJson.Default.AlarmMessage)!;
            List<AlarmMessage> known = Of(_alarms, device);
            if (alarm.Model == model && Kinds.Contains(alarm.Kind) && !known.Any(other => other.Boot == alarm.Boot && other.Sequence == alarm.Sequence))
            {
                known.Add(alarm);
            }
        }
        else if (topic.Length == 0 || topic.EndsWith($"/window/{model}", StringComparison.Ordinal))
        {
            Take(device, JsonSerializer.Deserialize(json, WireJson.Default.WindowMessage)!, model);
        }
        else
        {
            Others++;
        }
    }

    private void Take(string device, WindowMessage window, string model)
    {
        List<WindowMessage> known = Of(_windows, device);
        if (window.Model != model)
        {
            Others++;
        }
        else if (known.Any(other => other.Boot == window.Boot && other.Sequence == window.Sequence))
        {
            Duplicates++;
        }
        else
        {
            // Where a sender leaves a collection out, the serializer leaves null.
            known.Add(window with
            {
                Features = window.Features ?? [],
                Predictions = window.Predictions with { Confidence = window.Predictions.Confidence ?? [] },
            });
        }
    }

    private static List<T> Of<T>(Dictionary<string, List<T>> lists, string device)
    {
        if (!lists.TryGetValue(device, out List<T>? list))
        {
            list = [];
            lists.Add(device, list);
        }

        return list;
    }
}
