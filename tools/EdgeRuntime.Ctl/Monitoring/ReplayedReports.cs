using System.Text.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>What judging stored windows again came to.</summary>
internal sealed class ReplayedReports(int duplicates)
{
    /// <summary>Kind of the alarms of inputs.</summary>
    public const string Drift = "drift";

    /// <summary>Kind of the alarms of answers.</summary>
    public const string Quality = "quality";

    private readonly List<ReplayedAlarm> _alarms = [];
    private readonly List<AlarmMessage> _missing = [];
    private readonly List<(string Device, long Sequence, string Why)> _refused = [];

    /// <summary>Alarms that the windows raise, in their order.</summary>
    public IReadOnlyList<ReplayedAlarm> Alarms => _alarms;

    /// <summary>Alarms that were told and that the windows do not raise.</summary>
    public IReadOnlyList<AlarmMessage> Missing => _missing;

    /// <summary>Windows that could not be judged, with the reason.</summary>
    public IReadOnlyList<(string Device, long Sequence, string Why)> Refused => _refused;

    /// <summary>Windows judged.</summary>
    public int Windows { get; private set; }

    /// <summary>Windows that came more than once; judged once.</summary>
    public int Duplicates => duplicates;

    /// <summary>Of the windows judged, those whose verdict is not the same bits as the one told.</summary>
    public int Differing { get; private set; }

    /// <summary>Largest difference of a statistic or threshold, relative where they are above 1.</summary>
    public double LargestDifference { get; private set; }

    /// <summary>True when every verdict is the one that was told, and every alarm that was told was raised.</summary>
    public bool IsSame(double tolerance) => LargestDifference <= tolerance && _missing.Count == 0;

    /// <summary>Takes a window that was judged.</summary>
    public void Take(string device, ReplayedWindow window)
    {
        Windows++;
        Differing += window.IsSame ? 0 : 1;
        LargestDifference = Math.Max(LargestDifference, window.Difference);
        Take(device, Drift, window.Window, window.Change, window.State, () => (window.Verdict.FirstWindow, DriftAlarm.CausesOf(window.Verdict)));
    }

    /// <summary>Takes what a window's labels did to the alarm of answers.</summary>
    public void Take(string device, WindowMessage window, AlarmChange change, QualityAlarm alarm) =>
        Take(device, Quality, window, change, alarm.State, () => (alarm.FirstWindow, alarm.Causes));

    private void Take(
        string device, string kind, WindowMessage window, AlarmChange change, AlarmState state,
        Func<(long FirstWindow, IReadOnlyList<AlarmCause> Causes)> rests)
    {
        switch (change)
        {
            case AlarmChange.Raised:
                (long first, IReadOnlyList<AlarmCause> causes) = rests();
                _alarms.Add(new ReplayedAlarm
                {
                    Device = device,
                    Kind = kind,
                    Boot = window.Boot,
                    SinceUnixMs = ((AlarmState.Standing)state).SinceUnixMs,
                    FirstWindow = first,
                    LastWindow = window.Sequence,
                    Causes = causes,
                });
                break;
            case AlarmChange.Ended:
                int ended = _alarms.FindLastIndex(alarm => alarm.Device == device && alarm.Kind == kind);
                _alarms[ended] = _alarms[ended] with { EndedUnixMs = window.EndUnixMs };
                break;
        }
    }

    /// <summary>Takes a window that cannot be judged.</summary>
    public void Refuse(string device, WindowMessage window, string why) => _refused.Add((device, window.Sequence, why));

    /// <summary>Takes an alarm that was told: the same windows must raise it for the same features.</summary>
    public void Expect(string device, AlarmMessage told)
    {
        int found = _alarms.FindIndex(alarm => alarm.Device == device && alarm.Kind == told.Kind && alarm.Boot == told.Boot && alarm.LastWindow == told.LastWindow
            && alarm.FirstWindow == told.FirstWindow && alarm.SinceUnixMs == told.SinceUnixMs
            && alarm.Causes.Select(cause => cause.Feature).SequenceEqual(told.Causes.Select(cause => cause.Feature)));
        if (found < 0)
        {
            _missing.Add(told);
        }
        else
        {
            LargestDifference = _alarms[found].Causes.Zip(told.Causes).Aggregate(
                LargestDifference, (largest, pair) => Math.Max(largest, Difference(pair.First, pair.Second)));
            _alarms[found] = _alarms[found] with { WasTold = true };
        }
    }

    private static double Difference(AlarmCause again, AlarmCause told) => new[]
    {
        DriftReplay.Apart(told.Value, again.Value), DriftReplay.Apart(told.Threshold ?? 0, again.Threshold ?? 0),
        DriftReplay.Apart(told.Ratio, again.Ratio),
    }.Max();

    /// <summary>Prints one JSON object.</summary>
    public void PrintJson(Surroundings around)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("windows", Windows);
            json.WriteNumber("duplicates", Duplicates);
            json.WriteNumber("differing", Differing);
            json.WriteString("largest_difference", LargestDifference.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteStartArray("refused");
            foreach ((string device, long sequence, string why) in _refused)
            {
                json.WriteStartObject();
                json.WriteString("device", device);
                json.WriteNumber("sequence", sequence);
                json.WriteString("reason", why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("alarms");
            foreach (ReplayedAlarm alarm in _alarms)
            {
                alarm.Write(json);
            }

            json.WriteEndArray();
            json.WriteStartArray("missing");
            foreach (AlarmMessage told in _missing)
            {
                json.WriteStringValue($"{told.Name} of window {told.LastWindow}: {told.Detail}");
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        around.Output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
