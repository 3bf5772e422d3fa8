using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What one channel's values become before any of them is kept; see <see cref="PrivacySpec"/>.</summary>
/// <remarks>Missing values stay missing. Not thread-safe.</remarks>
public sealed class PrivacyFilter
{
    private readonly PrivacySpec? _spec;
    private readonly byte[]? _key;
    private readonly Random _random;

    /// <param name="spec">Null for a channel that is kept as it is.</param>
    /// <param name="key">Of the keyed hash, of this device alone; null where it has none, and what is to be hashed is dropped.</param>
    /// <param name="random">Draws the noise.</param>
    public PrivacyFilter(PrivacySpec? spec, byte[]? key, Random random)
    {
        _spec = spec;
        _key = key;
        _random = random;
    }

    /// <summary>In words, for the clip; empty for nothing.</summary>
    public string Name => _spec switch
    {
        null => "",
        { Filter: "hash" } when _key is null => "drop",
        { Filter: "round" } => string.Create(CultureInfo.InvariantCulture, $"round {_spec.Step:R}"),
        { Filter: "noise" } => string.Create(CultureInfo.InvariantCulture, $"noise {_spec.Scale:R}"),
        _ => _spec.Filter,
    };

    /// <summary>Whether nothing is kept.</summary>
    public bool Drops => _spec is { Filter: "drop" } || (_spec is { Filter: "hash" } && _key is null);

    /// <summary>What stands for a value.</summary>
    public double Of(double value) => _spec switch
    {
        null => value,
        _ when Drops || double.IsNaN(value) => double.NaN,
        { Filter: "round" } => Math.Round(value / _spec.Step!.Value) * _spec.Step.Value,
        { Filter: "noise" } => value + Laplace(_spec.Scale!.Value),
        _ => Hashed(value),
    };

    /// <summary>What stands for a picture.</summary>
    /// <param name="pixels">Rows from the top, so many bytes a pixel.</param>
    public byte[] Of(ReadOnlySpan<byte> pixels, int width, int height, int colours)
    {
        byte[] kept = Drops ? [] : pixels.ToArray();
        switch (_spec?.Filter)
        {
            case "round" when kept.Length > 0:
                Mosaic(kept, width, height, colours, Math.Clamp((int)Math.Ceiling(_spec.Step!.Value), 1, Math.Max(width, height)));
                break;
            case "noise":
                for (int i = 0; i < kept.Length; i++)
                {
                    kept[i] = (byte)Math.Clamp(Math.Round(kept[i] + Laplace(_spec.Scale!.Value)), 0, 255);
                }

                break;
        }

        return kept;
    }

    // A category that no other device's hash and no vocabulary leads back to: 52 bits above 2^52, as those of texts.
    private double Hashed(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value == 0 ? 0 : value);
        HMACSHA256.HashData(_key!, bytes, hash);
        const ulong Offset = 1UL << 52;
        return Offset + (BinaryPrimitives.ReadUInt64LittleEndian(hash) & (Offset - 1));
    }

    // By the inverse of its distribution; a uniform number of exactly -1/2 would be infinite and is drawn again.
    private double Laplace(double scale)
    {
        double uniform;
        do
        {
            uniform = _random.NextDouble() - 0.5;
        }
        while (uniform == -0.5);

        return -scale * Math.Sign(uniform) * Math.Log(1 - (2 * Math.Abs(uniform)));
    }

    private static void Mosaic(byte[] pixels, int width, int height, int colours, int step)
    {
        for (int top = 0; top < height; top += step)
        {
            for (int left = 0; left < width; left += step)
            {
                int right = Math.Min(left + step, width);
                int bottom = Math.Min(top + step, height);
                for (int colour = 0; colour < colours; colour++)
                {
                    long sum = 0;
                    for (int y = top; y < bottom; y++)
                    {
                        for (int x = left; x < right; x++)
                        {
                            sum += pixels[(((y * width) + x) * colours) + colour];
                        }
                    }

                    int count = (right - left) * (bottom - top);
                    for (int y = top; y < bottom; y++)
                    {
                        for (int x = left; x < right; x++)
                        {
                            pixels[(((y * width) + x) * colours) + colour] = (byte)((sum + (count / 2)) / count);
                        }
                    }
                }
            }
        }
    }
}
