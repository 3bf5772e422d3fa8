namespace EdgeRuntime.Ctl.OnnxFiles.Int8;

/// <summary>How a value between operators is written in 8 bits: <c>real = (code - ZeroPoint) * Scale</c>, codes 0 to 255.</summary>
internal readonly record struct ActivationRange(float Scale, byte ZeroPoint)
{
    // The rarest ten thousandth may saturate: one outlier would cost all others their resolution.
    private const double Kept = 0.9999;

    /// <summary>The range that holds the values seen.</summary>
    /// <param name="seen">At least one; sorted here.</param>
    /// <param name="whole">Whether not even the rarest may saturate.</param>
    public static ActivationRange Of(float[] seen, bool whole)
    {
        Array.Sort(seen);
        int cut = whole ? 0 : (int)(seen.Length * (1 - Kept));
        double low = Math.Min(0, seen[cut]);
        double high = Math.Max(0, seen[^(cut + 1)]);
        double scale = Math.Max((high - low) / 255, 1e-8);
        return new ActivationRange((float)scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, 255));
    }
}
