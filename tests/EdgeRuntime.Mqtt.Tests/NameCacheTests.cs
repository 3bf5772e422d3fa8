using System.Text;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

public sealed class NameCacheTests
{
    [Fact]
    public void A_name_seen_before_is_the_same_string()
    {
        NameCache cache = new();

        string first = cache.Get("edge/v1/größe"u8);
        string second = cache.Get("edge/v1/größe"u8);

        Assert.Equal("edge/v1/größe", first);
        Assert.Same(first, second);
    }

    [Fact]
    public void More_names_than_places_are_still_right()
    {
        NameCache cache = new();

        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 5000; i++)
            {
                Assert.Equal($"edge/v1/device-{i}", cache.Get(Encoding.UTF8.GetBytes($"edge/v1/device-{i}")));
            }
        }
    }
}
