using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>How far one device is with the package it is pushed, by its own words.</summary>
internal sealed class DevicePush(Attendance attendance, string model, ModelId package, string deployment)
{
    /// <summary>The device.</summary>
    public DeviceId Device => attendance.Device;

    /// <summary>Generation of its order; 0 before there is one.</summary>
    public long Generation { get; private set; }

    /// <summary>True once it has said that it takes the order.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>The step it said last.</summary>
    public UpdateState Step { get; private set; } = UpdateState.Idle;

    /// <summary>How it ended, or null.</summary>
    public UpdateState? Verdict { get; private set; }

    /// <summary>Why it ended so, or what it waits for; a sentence, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Bytes that it has and that are right.</summary>
    public long Bytes { get; private set; }

    /// <summary>Share of what it fetches, the package or a delta to it, 0 to 100.</summary>
    public double Percent { get; private set; }

    /// <summary>Bytes per second since it began, or went on.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>True while it is away, by its own word or the broker's.</summary>
    public bool IsAway { get; private set; }

    /// <summary>When the device said so by its report alone, without the reason, which comes by another topic.</summary>
    public UpdateState? ReportedEnd { get; private set; }

    /// <summary>It is ordered to run the package.</summary>
    public void Ordered(long generation)
    {
        Generation = generation;
        IsAway = false;
    }

    /// <summary>It is not there to be ordered anything.</summary>
    public void Away() => IsAway = true;

    /// <summary>It is not ordered anything, whatever it says later.</summary>
    public void Refuse(string reason)
    {
        Verdict = UpdateState.Rejected;
        Reason = reason;
    }

    /// <summary>It runs the package already.</summary>
    public void AlreadyThere()
    {
        Verdict = UpdateState.Committed;
        Reason = "it runs there already";
    }

    /// <summary>Takes the report's word for the end, since the message that tells why does not come.</summary>
    public void EndByReport() => Verdict ??= ReportedEnd;

    /// <summary>Learns from a message of the device, after <see cref="Attendance.Take"/> has.</summary>
    public void Take(Heard.Message message)
    {
        if (!message.Up || Verdict is not null)
        {
            return;
        }

        if (message.Rest == "status" && attendance.Status is { } status)
        {
            IsAway = status.State is DeviceState.Lost or DeviceState.Offline;
        }
        else if (Generation == 0)
        {
            return;
        }
        else if (message.Rest == "reported" && attendance.Reported is { } reported)
        {
            OnReported(reported);
        }
        else if (message.Rest == $"update/{deployment}")
        {
            OnUpdate(Attendance.Read(message.Payload, WireJson.Default.UpdateMessage));
        }
        else if (message.Rest == "event/update")
        {
            OnEvent(Attendance.Read(message.Payload, WireJson.Default.EventMessage));
        }
    }

    private void OnReported(ReportedMessage reported)
    {
        if (reported.Generation != Generation || reported.Models.FirstOrDefault(each => each.Name == model) is not { } entry)
        {
            return;
        }

        IsAccepted = true;
        if (entry.Phase is UpdateState.Downloading or UpdateState.Verifying or UpdateState.Soaking)
        {
            Step = entry.Phase;
        }
        else if (entry.Candidate is null)
        {
            ReportedEnd = entry.Active?.Digest == package ? UpdateState.Committed
                : entry.Phase == UpdateState.Undone ? UpdateState.Undone
                : UpdateState.Rejected;
        }
    }

    private void OnUpdate(UpdateMessage? update)
    {
        if (update is null || update.Generation != Generation || update.Model != model || update.Digest != package)
        {
            return;
        }

        IsAccepted = true;
        IsAway = false;
        Reason = update.Reason;
        Bytes = update.Bytes ?? Bytes;
        Percent = update.Percent ?? Percent;
        BytesPerSecond = update.BytesPerSecond ?? BytesPerSecond;
        if (update.State is UpdateState.Committed or UpdateState.Rejected or UpdateState.Undone)
        {
            Verdict = update.State;
        }
        else
        {
            Step = update.State;
        }
    }

    private void OnEvent(EventMessage? happened)
    {
        // What it said before it answered the roll call is about an earlier order.
        if (IsAccepted || happened is null || happened.UnixMs < attendance.Answer?.UnixMs)
        {
            return;
        }

        string waits = $"deployment {deployment}{DesiredState.WaitsWords}";
        bool ours = happened.Severity != EventSeverity.Info
            || happened.Detail.Contains($"its generation {Generation} ", StringComparison.Ordinal);
        if (happened.Detail.StartsWith(waits, StringComparison.Ordinal))
        {
            Reason = happened.Detail[waits.Length..];
        }
        else if (ours && happened.Detail.StartsWith(DesiredState.IgnoredWords, StringComparison.Ordinal))
        {
            Verdict = UpdateState.Rejected;
            Reason = happened.Detail;
        }
    }
}
