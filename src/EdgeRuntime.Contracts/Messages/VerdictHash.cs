using System.Buffers.Binary;
using System.Globalization;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// 64 bits that follow from every figure of a window's verdict: where a message rounds the figures, whoever judges the counts again still
/// sees whether each came out the same, to the last bit.
/// </summary>
/// <remarks>
/// <see cref="Fnv1a"/> over eight bytes a figure, the lowest first: of each feature its index, threshold and p-value, the statistic,
/// effect, level and ratio of another test, and count and first sample of what a detector signalled. What is not there is NaN, and every NaN is one.
/// </remarks>
public static class VerdictHash
{
    /// <summary>The hash of what was told of features.</summary>
    /// <param name="features">With figures that nobody rounded.</param>
    /// <returns>16 hex digits, as in <see cref="WindowMessage.VerdictHash"/>.</returns>
    public static string Of(IEnumerable<FeatureCounts> features)
    {
        ulong hash = Fnv1a.Basis;
        foreach (FeatureCounts feature in features)
        {
            hash = Add(hash, feature.Psi);
            hash = Add(hash, feature.Threshold);
            hash = Add(hash, feature.PValue);
            hash = Add(hash, feature.Test?.Statistic);
            hash = Add(hash, feature.Test?.Effect);
            hash = Add(hash, feature.Test?.Level);
            hash = Add(hash, feature.Test?.Ratio);
            hash = Add(hash, feature.Signals?.Count);
            hash = Add(hash, feature.Signals?.FirstUnixMs);
        }

        // 0 stands for none in protobuf.
        return Text(hash == 0 ? 1 : hash);
    }

    /// <summary>The digits of a hash.</summary>
    internal static string Text(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The hash that digits stand for; 0 where they stand for none.</summary>
    internal static ulong Parse(string? text) =>
        text?.Length == 16 && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hash) ? hash : 0;

    private static ulong Add(ulong hash, double? figure)
    {
        double value = figure is not double number || double.IsNaN(number) ? double.NaN : number;
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return Fnv1a.Add(hash, bytes);
    }
}
