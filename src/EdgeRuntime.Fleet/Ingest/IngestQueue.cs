using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Holds messages between the link's thread and the fleet's. Bounded: what does not fit is dropped and counted by class.</summary>
/// <remarks>
/// From half full on, <c>latest</c> and <c>prediction</c> no longer enter: the next one replaces them, while a window, an
/// event or an update that is dropped must be sent again by its device. Thread-safe.
/// </remarks>
internal sealed class IngestQueue(IngestCounters counters, Action wake)
{
    /// <summary>Messages held. At 4 KB each, 32 MB at worst.</summary>
    public const int Capacity = 8192;

    private readonly Channel<Arrival> _arrivals = Channel.CreateBounded<Arrival>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    /// <summary>Takes a message in, if there is room.</summary>
    public void Post(Arrival arrival)
    {
        bool replaceable = arrival.Class is "latest" or "prediction";
        if ((replaceable && _arrivals.Reader.Count > Capacity / 2) || !_arrivals.Writer.TryWrite(arrival))
        {
            counters.CountDropped(arrival.Class);
            return;
        }

        wake();
    }

    /// <summary>Takes the oldest message out.</summary>
    public bool TryTake([NotNullWhen(true)] out Arrival? arrival) => _arrivals.Reader.TryRead(out arrival);
}
