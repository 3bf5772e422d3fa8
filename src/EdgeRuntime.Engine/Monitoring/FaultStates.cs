using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What is wrong with each channel now, since when and how surely, and in how many frames it was. One thread notes; another reads
/// without a lock: each number is whole, though two need not be of the same frame. Allocates nothing once made.
/// </summary>
/// <param name="channels">Number of channels.</param>
/// <param name="calmFrames">Frames without a fault after which it is over; at least 1.</param>
internal sealed class FaultStates(int channels, int calmFrames)
{
    private readonly long[] _counts = new long[channels * ChannelFaults.Count];
    private readonly int[] _calm = new int[channels * ChannelFaults.Count];
    private readonly long[] _since = new long[channels * ChannelFaults.Count];
    private readonly double[] _sure = new double[channels * ChannelFaults.Count];
    private readonly int[] _standing = new int[channels];

    /// <summary>Frames in which a channel showed a fault, since the start.</summary>
    public long Counts(int channel, ChannelFault fault) => Volatile.Read(ref _counts[PlaceOf(channel, (int)fault)]);

    /// <summary>The faults that stand now: bit n for fault n.</summary>
    public int Standing(int channel) => Volatile.Read(ref _standing[channel]);

    /// <summary>When what shows the fault began, UTC milliseconds; of one that does not stand, the last time.</summary>
    public long SinceUnixMs(int channel, ChannelFault fault) => Volatile.Read(ref _since[PlaceOf(channel, (int)fault)]);

    /// <summary>How sure it is, 0 to 1: what is left of 1 after the chance that the reference's own ways look like that.</summary>
    public double Sure(int channel, ChannelFault fault) => Volatile.Read(ref _sure[PlaceOf(channel, (int)fault)]);

    /// <summary>Says since when and how surely, for a fault that is about to be noted for the first time.</summary>
    public void Date(int channel, ChannelFault fault, long sinceUnixMs, double sure)
    {
        if ((_standing[channel] & (1 << (int)fault)) == 0)
        {
            Volatile.Write(ref _since[PlaceOf(channel, (int)fault)], sinceUnixMs);
            Volatile.Write(ref _sure[PlaceOf(channel, (int)fault)], Math.Clamp(sure, 0, 0.9999));
        }
    }

    /// <summary>Notes what one look at a channel found.</summary>
    /// <param name="found">Faults of this frame, as bits.</param>
    /// <param name="lookedFor">The faults that were looked for; others stay as they are.</param>
    /// <param name="notYet">Faults that are counted and do not stand yet.</param>
    /// <param name="frames">Frames that showed it; at least 1.</param>
    public void Note(int channel, int found, int lookedFor, int notYet = 0, long frames = 1)
    {
        int standing = _standing[channel];
        if ((found | (standing & lookedFor)) == 0)
        {
            return;
        }

        for (int fault = 0; fault < ChannelFaults.Count; fault++)
        {
            int bit = 1 << fault;
            int at = PlaceOf(channel, fault);
            if ((found & bit) != 0)
            {
                Volatile.Write(ref _counts[at], _counts[at] + frames);
                _calm[at] = 0;
                standing |= bit & ~notYet;
            }
            else if ((standing & bit & lookedFor) != 0 && ++_calm[at] >= calmFrames)
            {
                standing &= ~bit;
            }
        }

        Volatile.Write(ref _standing[channel], standing);
    }

    private static int PlaceOf(int channel, int fault) => (channel * ChannelFaults.Count) + fault;
}
