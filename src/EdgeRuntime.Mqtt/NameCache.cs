using System.Text;

namespace EdgeRuntime.Mqtt;

/// <summary>Topics and content types arrive as bytes and are nearly always ones seen before: gives the same string
/// again instead of a new one. A bounded table; two names that meet in one place replace each other.</summary>
internal sealed class NameCache
{
    private const int Places = 512;

    private readonly (byte[] Bytes, string Text)[] _places = new (byte[], string)[Places];

    /// <summary>The string of these UTF-8 bytes.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        // FNV-1a: short, and well spread over names that differ in one device id.
        uint hash = 2166136261;
        foreach (byte one in utf8)
        {
            hash = (hash ^ one) * 16777619;
        }

        ref (byte[] Bytes, string Text) place = ref _places[(hash ^ (hash >> 16)) % Places];
        if (place.Text is null || !utf8.SequenceEqual(place.Bytes))
        {
            place = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        }

        return place.Text;
    }
}
