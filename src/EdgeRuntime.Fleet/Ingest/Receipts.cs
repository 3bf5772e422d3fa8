using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Which receipts are due: devices are told what is stored a few times a second, not once a message. Belongs to the fleet's thread.</summary>
internal sealed class Receipts
{
    private const long EveryMs = 200;

    private readonly HashSet<(DeviceId Device, string Class, BootId Boot)> _due = [];
    private long _sentMs;

    /// <summary>Notes that a message arrived whose sender waits for a receipt; a repeated one too, for its first receipt may be lost.</summary>
    public void Owe(DeviceId device, string messageClass, BootId boot) => _due.Add((device, messageClass, boot));

    /// <summary>Takes the receipts that are due now.</summary>
    public IReadOnlyList<(DeviceId Device, string Class, BootId Boot)> Take(long nowMs)
    {
        if (_due.Count == 0 || nowMs - _sentMs < EveryMs)
        {
            return [];
        }

        _sentMs = nowMs;
        (DeviceId, string, BootId)[] due = [.. _due];
        _due.Clear();
        return due;
    }
}
