using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>What the network does, from /proc/net/dev: loopback by itself, and the interfaces that lead out of the machine.</summary>
internal sealed class NetworkVitals : IDisposable
{
    private const int MostInterfaces = 64;

    // Order of the numbers after the name.
    private const int ReceivedBytes = 0, ReceivedPackets = 1, SentBytes = 8, SentPackets = 9, Fields = 10;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels =
    [
        new("network_receive", "By/s"), new("network_send", "By/s"),
        new("network_packets_in", "/s"), new("network_packets_out", "/s"),
        new("loopback", "By/s"), new("loopback_packets", "/s"),
    ];

    private readonly KernelFile _dev;
    private readonly ulong[] _keys = new ulong[MostInterfaces];
    private readonly ulong[] _last = new ulong[MostInterfaces * Fields];
    private int _interfaces;

    public NetworkVitals(string root) => _dev = KernelFile.Open(root, "proc/net/dev");

    /// <summary>Writes one value for each of <see cref="Channels"/>.</summary>
    public void Read(KernelBuffer buffer, double seconds, Span<double> frame)
    {
        ReadOnlySpan<byte> text = _dev.Read(buffer);
        if (text.IsEmpty)
        {
            frame[..Channels.Length].Fill(double.NaN);
            return;
        }

        frame[..Channels.Length].Clear();
        Span<ulong> now = stackalloc ulong[Fields];
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            // Old kernels leave no space after the colon; the two lines of headings have no number after one.
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> name = line[..colon].Trim((byte)' ');
            line = line[(colon + 1)..];
            bool loopback = name.SequenceEqual("lo"u8);
            if ((!loopback && IsVirtual(name)) || KernelText.Counters(ref line, now) < Fields)
            {
                continue;
            }

            int slot = SlotOf(Fingerprint(name), out bool known);
            if (slot < 0)
            {
                continue;
            }

            Span<ulong> last = _last.AsSpan(slot * Fields, Fields);
            if (known && loopback)
            {
                // What is sent there is received there; counting both would say everything twice.
                frame[4] += Counter.Grown(last[ReceivedBytes], now[ReceivedBytes]) / seconds;
                frame[5] += Counter.Grown(last[ReceivedPackets], now[ReceivedPackets]) / seconds;
            }
            else if (known)
            {
                frame[0] += Counter.Grown(last[ReceivedBytes], now[ReceivedBytes]) / seconds;
                frame[1] += Counter.Grown(last[SentBytes], now[SentBytes]) / seconds;
                frame[2] += Counter.Grown(last[ReceivedPackets], now[ReceivedPackets]) / seconds;
                frame[3] += Counter.Grown(last[SentPackets], now[SentPackets]) / seconds;
            }

            now.CopyTo(last);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _dev.Dispose();

    /// <summary>Interfaces whose packets pass through another one as well, or never leave the machine.</summary>
    internal static bool IsVirtual(ReadOnlySpan<byte> name) =>
        name.StartsWith("veth"u8) || name.StartsWith("docker"u8) || name.StartsWith("br-"u8)
        || name.StartsWith("virbr"u8) || name.StartsWith("vnet"u8) || name.StartsWith("tap"u8)
        || name.StartsWith("tun"u8) || name.StartsWith("wg"u8) || name.StartsWith("bond"u8)
        || name.StartsWith("dummy"u8) || name.StartsWith("ifb"u8) || name.Contains((byte)'.');

    // FNV-1a, 64 bits: 64 names out of it collide once in 10^16 machines.
    private static ulong Fingerprint(ReadOnlySpan<byte> name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte letter in name)
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }

        return hash;
    }

    // An interface keeps its slot when it goes away; the 65th ever seen is not counted.
    private int SlotOf(ulong key, out bool known)
    {
        int slot = _keys.AsSpan(0, _interfaces).IndexOf(key);
        known = slot >= 0;
        if (!known && _interfaces < MostInterfaces)
        {
            slot = _interfaces++;
            _keys[slot] = key;
        }

        return slot;
    }
}
