using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// Categories as numbers. Frames hold nothing but doubles; so a text becomes a number that depends on the text alone,
/// the same in every recording, on every device and in every manifest.
/// </summary>
/// <remarks>The hash is <see cref="Fnv1a"/>.</remarks>
public static class CategoryCode
{
    // Texts lie above every number that a sensor counts in, and below 2^53, where doubles stop being exact.
    private const int Bits = 52;
    private const ulong Offset = 1UL << Bits;

    /// <summary>
    /// The code of a text: a text that is a finite number stands for that number; an empty one for a missing value, NaN;
    /// any other for 2^52 plus the upper and lower part of its hash (of its UTF-8) folded to 52 bits, which a double
    /// holds exactly.
    /// </summary>
    public static double Of(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return double.NaN;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            return number;
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(text.ToArray());
        ulong hash = Fnv1a.Add(Fnv1a.Basis, utf8);
        return Offset + ((hash >> Bits) ^ (hash & (Offset - 1)));
    }

    /// <summary>The bucket of a code: <c>hash mod buckets</c>, the hash being that of the double's eight bytes, the lowest first.</summary>
    /// <param name="code">Finite.</param>
    /// <param name="buckets">At least 1.</param>
    public static int Bucket(double code, int buckets) => (int)(Add(Fnv1a.Basis, code) % (ulong)buckets);

    /// <summary>The bucket of several codes in their order: the same hash over the bytes of all of them.</summary>
    /// <param name="codes">All finite.</param>
    /// <param name="buckets">At least 1.</param>
    public static int Bucket(ReadOnlySpan<double> codes, int buckets)
    {
        ulong hash = Fnv1a.Basis;
        foreach (double code in codes)
        {
            hash = Add(hash, code);
        }

        return (int)(hash % (ulong)buckets);
    }

    private static ulong Add(ulong hash, double code)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];

        // Minus zero is the same category as zero.
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, code == 0 ? 0 : code);
        return Fnv1a.Add(hash, bytes);
    }
}
