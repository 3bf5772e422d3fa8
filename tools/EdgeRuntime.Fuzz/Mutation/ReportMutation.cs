using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Fuzz.Targets;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>
/// Changes a report where it means something, so that most results are valid and reach what lies behind the reader: other values with the
/// counts, sums and sketches that follow from them, many times as many of the same, parts of another report. Now and then a single number is
/// made wrong, and one in four is changed further without regard to what it means.
/// </summary>
internal static class ReportMutation
{
    // What a reader takes for possible; copies of a report stay below it or go beyond.
    private const long MostValues = 1L << 40;

    private static readonly ConditionalWeakTable<byte[], StrongBox<WindowMessage?>> Known = [];

    private static readonly double[] Odd =
    [
        0, -0.0, 0.2, 0.5, 1e-300, -1e-300, 4.9e-324, 1e300, -1e300, double.MaxValue, double.MinValue, 1e9, -1e9, 1e-9, 3.5e4, float.MaxValue,
    ];

    /// <summary>Changes a report as protobuf.</summary>
    public static byte[] Protobuf(byte[] input, byte[] other, Words words, Random random) => Change(input, other, words, random, isProtobuf: true);

    /// <summary>Changes a report as JSON.</summary>
    public static byte[] Json(byte[] input, byte[] other, Words words, Random random) => Change(input, other, words, random, isProtobuf: false);

    /// <summary>Changes one or both of two reports that stand one behind the other.</summary>
    public static byte[] Pair(byte[] input, byte[] other, Words words, Random random)
    {
        (byte[] first, byte[] second) = Split(input);
        (byte[] third, byte[] fourth) = Split(other);
        (first, third) = random.Next(4) == 0 ? (third, first) : (first, third);
        int which = random.Next(3);
        first = which == 1 ? first : Protobuf(first, third, words, random);
        second = which == 0 ? second : random.Next(4) == 0 ? Protobuf(first, fourth, words, random) : Protobuf(second, fourth, words, random);
        return Join(first, second);
    }

    /// <summary>Two reports as one input: the length of the first in four bytes, the lowest first, and both.</summary>
    public static byte[] Join(byte[] first, byte[] second)
    {
        byte[] joined = new byte[sizeof(int) + first.Length + second.Length];
        BinaryPrimitives.WriteInt32LittleEndian(joined, first.Length);
        first.CopyTo(joined, sizeof(int));
        second.CopyTo(joined, sizeof(int) + first.Length);
        return joined;
    }

    /// <summary>The two reports of an input; where it is cut, the second is what is left.</summary>
    public static (byte[] First, byte[] Second) Split(byte[] joined)
    {
        if (joined.Length < sizeof(int))
        {
            return ([], []);
        }

        int length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(joined), (uint)(joined.Length - sizeof(int)));
        return (joined[sizeof(int)..(sizeof(int) + length)], joined[(sizeof(int) + length)..]);
    }

    private static byte[] Change(byte[] input, byte[] other, Words words, Random random, bool isProtobuf)
    {
        WindowMessage window = Read(input, isProtobuf) ?? SampleReports.Typical();
        WindowMessage theirs = Read(other, isProtobuf) ?? window;
        byte[] written;
        try
        {
            for (int i = 1 << random.Next(3); i > 0; i--)
            {
                window = Once(window, theirs, random);
            }

            window = Fitted(window, random);
            window = random.Next(5) == 0 ? Wrong(window, random) : window;
            written = isProtobuf ? WindowCodec.Write(window) : JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or JsonException)
        {
            // Of what a reader accepts in the way it is written, not everything can be multiplied or written again.
            written = input;
        }

        return random.Next(4) > 0 ? written
            : isProtobuf ? ProtoMutation.Change(written, other, words, random)
            : JsonMutation.Change(written, other, words, random);
    }

    // Inputs that are kept are read over and over.
    private static WindowMessage? Read(byte[] input, bool isProtobuf)
    {
        if (!Known.TryGetValue(input, out StrongBox<WindowMessage?>? known))
        {
            known = new StrongBox<WindowMessage?>(ReadAnew(input, isProtobuf));
            Known.Add(input, known);
        }

        return known.Value;
    }

    private static WindowMessage? ReadAnew(byte[] input, bool isProtobuf)
    {
        try
        {
            WindowMessage? read = isProtobuf
                ? WindowCodec.IsProtobuf(input) ? WindowCodec.Read(input, SampleReports.Model) : null
                : JsonSerializer.Deserialize(input, WireJson.Default.WindowMessage);
            return read is { Features.Count: 2, Predictions: not null } && !read.Features.Contains(null!) ? read : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static WindowMessage Once(WindowMessage window, WindowMessage theirs, Random random)
    {
        int at = random.Next(2);
        switch (random.Next(11))
        {
            case 0 or 1 or 2:
                return With(window, at, Drawn($"{at + 1}", random));
            case 3:
                return With(window, at, theirs.Features[at]);
            case 4:
                return With(window, at, Times(window.Features[at], 1L << random.Next(34)));
            case 5:
                return With(window, at, window.Features[at] with { Moments = null });
            case 6:
                return With(window, at, window.Features[at] with { Quantiles = null });
            case 7:
                return window with { Sequence = random.Next(1, 1000), Boot = new BootId((ulong)random.Next(4)), Failed = random.Next(2) };
            case 8:
                return window with { Categories = random.Next(4) == 0 ? theirs.Categories : [SampleReports.Categories(Values(random, whole: true))] };
            case 9:
                FeatureSignals signals = new("page_hinkley", random.Next(1, 5), random.NextInt64(MostValues));
                return With(window, at, window.Features[at] with { Signals = random.Next(3) == 0 ? null : signals });
            default:
                FeatureTest test = new()
                {
                    Name = "ks", Statistic = random.NextDouble(), Effect = random.NextDouble(), Level = 0.05, MinEffect = 0.1, Ratio = 2 * random.NextDouble(),
                };
                return With(window, at, window.Features[at] with { Psi = random.NextDouble(), Test = random.Next(3) == 0 ? null : test });
        }
    }

    // Every sample has a value of each feature, or none.
    private static WindowMessage Fitted(WindowMessage window, Random random)
    {
        long most = window.Features.Max(feature => checked(feature.Counts.Sum() + feature.Missing));
        return window with { Samples = most + random.Next(2), Failed = Math.Min(window.Failed, most) };
    }

    private static WindowMessage Wrong(WindowMessage window, Random random)
    {
        int at = random.Next(2);
        FeatureCounts feature = window.Features[at];
        long by = random.Next(2) == 0 ? 1 : Words.Border(random);
        FeatureCounts wrong = random.Next(8) switch
        {
            0 => feature with { Counts = [.. feature.Counts.Select((count, bin) => bin == 0 ? unchecked(count + by) : count)] },
            1 => feature with { Missing = unchecked(feature.Missing + by) },
            2 => feature with { Infinite = unchecked(feature.Infinite + by) },
            3 => feature with { Unseen = by },
            4 => feature with { Moments = feature.Moments is { } moments ? moments with { Squares = moments.Squares + by } : null },
            5 => feature with { Moments = feature.Moments is { } moments ? moments with { Sum = unchecked(moments.Sum + by), Min = by } : null },
            6 => feature with { Quantiles = feature.Quantiles is { } sketch ? sketch with { Zeros = unchecked(sketch.Zeros + by) } : null },
            _ => feature with
            {
                Quantiles = feature.Quantiles is { PositiveKeys.Count: > 0 } sketch
                    ? sketch with { PositiveKeys = [unchecked(sketch.PositiveKeys[0] + (int)by), .. sketch.PositiveKeys.Skip(1)], PositiveCollapsed = by & 3 }
                    : null,
            },
        };
        return With(window, at, wrong);
    }

    private static WindowMessage With(WindowMessage window, int at, FeatureCounts feature) =>
        window with { Features = at == 0 ? [feature, window.Features[1]] : [window.Features[0], feature] };

    private static FeatureCounts Drawn(string name, Random random) =>
        SampleReports.Feature(name, random.Next(4) == 0 ? 64 : 256, Values(random, whole: false)) with { Unseen = 0, Missing = random.Next(1, 3) };

    private static double[] Values(Random random, bool whole)
    {
        double[] values = new double[random.Next(20)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = whole ? random.Next(1, 40) : random.Next(6) switch
            {
                0 => Odd[random.Next(Odd.Length)],
                1 => Math.Exp(40 * (random.NextDouble() - 0.5)) * (random.Next(2) == 0 ? 1 : -1),
                _ => random.NextDouble(),
            };
        }

        return values;
    }

    // As though the same values had come that often.
    private static FeatureCounts Times(FeatureCounts feature, long times) => checked(feature with
    {
        Counts = [.. feature.Counts.Select(count => count * times)],
        Missing = feature.Missing * times,
        Infinite = feature.Infinite * times,
        Unseen = feature.Unseen * times,
        Moments = feature.Moments is not MomentCounts moments ? null : moments with
        {
            Outside = moments.Outside * times,
            Pairs = moments.Pairs * times,
            Sum = moments.Sum * times,
            Squares = moments.Squares * times,
            Cubes = moments.Cubes * times,
            Fourths = moments.Fourths * times,
            Differences = moments.Differences * times,
        },
        Quantiles = feature.Quantiles is not QuantileCounts sketch ? null : sketch with
        {
            PositiveCounts = [.. sketch.PositiveCounts.Select(count => count * times)],
            NegativeCounts = [.. sketch.NegativeCounts.Select(count => count * times)],
            Zeros = sketch.Zeros * times,
            PositiveCollapsed = sketch.PositiveCollapsed * times,
            NegativeCollapsed = sketch.NegativeCollapsed * times,
        },
    });
}
