using System.Runtime.CompilerServices;

namespace EdgeRuntime.Fuzz.Coverage;

/// <summary>
/// Counts which jumps the code under test took: a cell per (block before, block), as AFL does. Instrumented code calls
/// <see cref="Visit"/> at the head of every basic block. One thread only.
/// </summary>
public static class EdgeMap
{
    /// <summary>Cells; two edges may share one, which only costs guidance.</summary>
    public const int Size = 1 << 16;

    private static readonly byte[] Counts = new byte[Size];
    private static int _previous;

    /// <summary>Called by instrumented code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit(int block)
    {
        ref byte count = ref Counts[(block ^ _previous) & (Size - 1)];

        // Stops at 255: a wrapped count would make a long loop look like none.
        count += (byte)(count < byte.MaxValue ? 1 : 0);
        _previous = block >> 1;
    }

    /// <summary>Forgets what was counted.</summary>
    public static void Clear()
    {
        Counts.AsSpan().Clear();
        _previous = 0;
    }

    /// <summary>Adds what was counted to what is known.</summary>
    /// <param name="known">Bits of the count classes seen so far (1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128+), per cell.</param>
    /// <returns>How many cells showed something new.</returns>
    public static int Learn(Span<byte> known)
    {
        int news = 0;
        ReadOnlySpan<byte> counts = Counts;
        for (int at = counts.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            byte kind = ClassOf(counts[at]);
            if ((known[at] & kind) == 0)
            {
                known[at] |= kind;
                news++;
            }

            int next = counts[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return news;
    }

    private static byte ClassOf(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
