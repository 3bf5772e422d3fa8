using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>What the disks do, from /proc/diskstats: whole disks only, so that no byte is counted twice.</summary>
internal sealed class DiskVitals : IDisposable
{
    private const int MostDisks = 64;
    private const double SectorBytes = 512; // In this file always, whatever the disk's own sectors are.
    private const double MillisecondsPerSecond = 1e3;

    // Order of the numbers after the name.
    private const int Reads = 0, SectorsRead = 2, Writes = 4, SectorsWritten = 6, BusyMs = 9, Fields = 10;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels =
    [
        new("disk_read", "By/s"), new("disk_write", "By/s"), new("disk_reads", "/s"), new("disk_writes", "/s"),
        new("disk_busy", "1"),
    ];

    private readonly KernelFile _diskstats;
    private readonly ulong[] _keys = new ulong[MostDisks];
    private readonly ulong[] _last = new ulong[MostDisks * Fields];
    private readonly byte[] _parent = new byte[32];
    private int _disks;

    public DiskVitals(string root) => _diskstats = KernelFile.Open(root, "proc/diskstats");

    /// <summary>Writes one value for each of <see cref="Channels"/>: sums over disks, and the busiest disk's busy share.</summary>
    public void Read(KernelBuffer buffer, double seconds, Span<double> frame)
    {
        ReadOnlySpan<byte> text = _diskstats.Read(buffer);
        if (text.IsEmpty)
        {
            frame[..Channels.Length].Fill(double.NaN);
            return;
        }

        double read = 0, written = 0, reads = 0, writes = 0, busy = 0;
        int parentLength = 0;
        Span<ulong> now = stackalloc ulong[Fields];
        while (KernelText.TryLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (!KernelText.TryCounter(ref line, out ulong major) || !KernelText.TryCounter(ref line, out ulong minor))
            {
                continue;
            }

            ReadOnlySpan<byte> name = KernelText.Word(ref line);
            if (IsVirtual(name) || IsPartOf(_parent.AsSpan(0, parentLength), name))
            {
                continue;
            }

            parentLength = Math.Min(name.Length, _parent.Length);
            name[..parentLength].CopyTo(_parent);
            if (KernelText.Counters(ref line, now) < Fields)
            {
                continue;
            }

            int slot = SlotOf((major << 32) | minor, out bool known);
            if (slot < 0)
            {
                continue;
            }

            Span<ulong> last = _last.AsSpan(slot * Fields, Fields);
            if (known)
            {
                reads += Counter.Grown(last[Reads], now[Reads]);
                writes += Counter.Grown(last[Writes], now[Writes]);
                read += Counter.Grown(last[SectorsRead], now[SectorsRead]) * SectorBytes;
                written += Counter.Grown(last[SectorsWritten], now[SectorsWritten]) * SectorBytes;
                busy = Math.Max(busy, Counter.Grown(last[BusyMs], now[BusyMs]));
            }

            now.CopyTo(last);
        }

        frame[0] = read / seconds;
        frame[1] = written / seconds;
        frame[2] = reads / seconds;
        frame[3] = writes / seconds;
        frame[4] = Math.Min(busy / (seconds * MillisecondsPerSecond), 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _diskstats.Dispose();

    /// <summary>Devices made of other devices or of memory: their bytes are counted elsewhere, or are no disk's.</summary>
    internal static bool IsVirtual(ReadOnlySpan<byte> name) =>
        name.StartsWith("loop"u8) || name.StartsWith("ram"u8) || name.StartsWith("zram"u8) || name.StartsWith("dm-"u8)
        || name.StartsWith("md"u8) || name.StartsWith("sr"u8) || name.StartsWith("fd"u8);

    /// <summary>
    /// Whether <paramref name="name"/> is a partition of the disk listed before it. The kernel adds a number to the
    /// disk's name, after a <c>p</c> when that name ends in a digit itself: sda1, nvme0n1p1.
    /// </summary>
    internal static bool IsPartOf(ReadOnlySpan<byte> disk, ReadOnlySpan<byte> name)
    {
        if (disk.IsEmpty || name.Length <= disk.Length || !name.StartsWith(disk))
        {
            return false;
        }

        ReadOnlySpan<byte> number = name[disk.Length..];
        if (char.IsAsciiDigit((char)disk[^1]))
        {
            if (number[0] != (byte)'p')
            {
                return false;
            }

            number = number[1..];
        }

        return !number.IsEmpty && number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    // A disk keeps its slot when it goes away; the 65th disk ever seen is not counted.
    private int SlotOf(ulong key, out bool known)
    {
        int slot = _keys.AsSpan(0, _disks).IndexOf(key);
        known = slot >= 0;
        if (!known && _disks < MostDisks)
        {
            slot = _disks++;
            _keys[slot] = key;
        }

        return slot;
    }
}
