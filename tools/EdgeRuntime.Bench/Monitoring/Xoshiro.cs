using System.Numerics;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Random numbers by xoshiro256** of Blackman and Vigna (2018), its state filled by splitmix64: the streams of neighbouring seeds have
/// nothing to do with each other. Those of .NET's seeded generator, Knuth's subtractive one, resemble each other, and rows that are held
/// to two standard errors add up thousands of them.
/// </summary>
internal sealed class Xoshiro : Random
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public Xoshiro(int seed)
    {
        ulong state = (ulong)seed;
        (_a, _b, _c, _d) = (Split(ref state), Split(ref state), Split(ref state), Split(ref state));
    }

    /// <inheritdoc/>
    public override int Next() => (int)(Draw() >> 33);

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)(Draw() >> 56);
        }
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    // All other numbers come from here.
    /// <inheritdoc/>
    protected override double Sample() => (Draw() >> 11) * (1.0 / (1UL << 53));

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    private ulong Draw()
    {
        ulong drawn = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return drawn;
    }
}
