namespace EdgeRuntime.Simulator.Network;

/// <summary>A line between two TUN devices that delays, loses and cuts, for kernels without netem.</summary>
internal sealed class Relay(TunDevice one, TunDevice other, Line line, int seed)
{
    private const int LargestPacket = 65_536;

    // A buffer of a router: what does not fit is lost.
    private const int MostUnderWay = 1024;
    private const int BadUsage = 64;
    private const int NotPermitted = 77;

    private readonly long _began = TimeProvider.System.GetTimestamp();

    /// <summary><c>edge-simulator relay ONE OTHER PROFILE [SEED]</c>: makes the two devices, says so, and carries until it is killed.</summary>
    public static int Run(string[] words, TextWriter output, TextWriter errors)
    {
        int seed = 1;
        if (words.Length is not (3 or 4) || Line.Named(words[2]) is not { } line || (words.Length == 4 && !int.TryParse(words[3], out seed)))
        {
            errors.WriteLine($"edge-simulator relay: ONE OTHER PROFILE [SEED] are needed, PROFILE one of {string.Join(", ", Line.Names)}");
            return BadUsage;
        }

        try
        {
            using TunDevice one = new(words[0]);
            using TunDevice other = new(words[1]);
            output.WriteLine("the relay is up");
            output.Flush();
            new Relay(one, other, line, seed).Join();
            return 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"edge-simulator relay: {refused.Message}");
            return NotPermitted;
        }
    }

    /// <summary>Carries packets both ways until a device is gone.</summary>
    public void Join()
    {
        Thread there = new(() => Carry(one, other, new Random(seed))) { IsBackground = true };
        there.Start();
        Carry(other, one, new Random(seed + 1));
    }

    private void Carry(TunDevice from, TunDevice to, Random random)
    {
        Queue<(byte[] Packet, long Due)> underWay = new();
        Thread deliver = new(() => Deliver(underWay, to)) { IsBackground = true };
        deliver.Start();
        byte[] packet = new byte[LargestPacket];
        (long free, long last) = (0, 0);
        for (int length = from.Read(packet); length > 0; length = from.Read(packet))
        {
            if (IsCut() || random.NextDouble() < line.Loss)
            {
                continue;
            }

            TimeSpan delay = line.Delay + (line.Jitter * ((2 * random.NextDouble()) - 1));
            lock (underWay)
            {
                if (underWay.Count < MostUnderWay)
                {
                    // After those before it are on the line, and never before them at the other end.
                    free = Math.Max(free, TimeProvider.System.GetTimestamp()) + Ticks(length / line.BytesPerSecond);
                    last = Math.Max(last, free + Ticks(delay.TotalSeconds));
                    underWay.Enqueue((packet[..length], last));
                    Monitor.Pulse(underWay);
                }
            }
        }
    }

    private static void Deliver(Queue<(byte[] Packet, long Due)> underWay, TunDevice to)
    {
        while (true)
        {
            byte[]? packet = null;
            lock (underWay)
            {
                if (!underWay.TryPeek(out (byte[] Packet, long Due) first))
                {
                    Monitor.Wait(underWay);
                }
                else if (TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), first.Due) is { Ticks: > 0 } early)
                {
                    Monitor.Wait(underWay, early + TimeSpan.FromMilliseconds(1));
                }
                else
                {
                    packet = underWay.Dequeue().Packet;
                }
            }

            if (packet is not null)
            {
                to.Write(packet);
            }
        }
    }

    private static long Ticks(double seconds) => (long)(seconds * TimeProvider.System.TimestampFrequency);

    private bool IsCut() =>
        line.Cut > TimeSpan.Zero && (long)(TimeProvider.System.GetElapsedTime(_began) / line.Cut) % 2 == 1;
}
