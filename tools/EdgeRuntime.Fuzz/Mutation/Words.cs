using System.Text;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>What a mutation may put in: the texts of the code under test, and values at which parsers break.</summary>
internal sealed class Words
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648",
        "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "1e308", "1e309", "-1e309", "4.9e-324", "1e-400", "0.1", "1.0", "1e2",
        "00", "1e", "NaN", "Infinity", "123456789012345678901234567890", "3.4028235e38", "1E+3",
    ];

    private readonly byte[][] _texts;
    private readonly byte[][] _numbers = [.. Numbers.Select(Encoding.ASCII.GetBytes)];

    public Words(IEnumerable<string> texts) => _texts = [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whole numbers at the borders of their types.</summary>
    public static ReadOnlySpan<long> Borders =>
    [
        0, 1, -1, 2, 4, 7, 8, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 32767, 32768, 65535,
        65536, 0xFFFFFF, int.MaxValue, (long)int.MaxValue + 1, int.MinValue, uint.MaxValue, (long)uint.MaxValue + 1, long.MaxValue,
        long.MinValue,
    ];

    public byte[] Text(Random random) => _texts.Length == 0 ? [] : _texts[random.Next(_texts.Length)];

    public byte[] Number(Random random) => _numbers[random.Next(_numbers.Length)];

    public static long Border(Random random) => Borders[random.Next(Borders.Length)];
}
