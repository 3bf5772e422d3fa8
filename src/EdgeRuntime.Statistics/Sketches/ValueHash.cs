namespace EdgeRuntime.Statistics.Sketches;

/// <summary>64 well-mixed bits of a value, the same on every machine: what sketches of categories choose their places by.</summary>
internal static class ValueHash
{
    /// <summary>The finalizer of splitmix64 (Steele, Lea, Flood 2014) over the bits of the value; both zeros are one value.</summary>
    public static ulong Of(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value) + 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
