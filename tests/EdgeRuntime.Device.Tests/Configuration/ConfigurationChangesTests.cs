using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class ConfigurationChangesTests
{
    private const string Before = """
        {
          "device": "pump-7", "profile": "linux-x64", "state_dir": "state", "labels": { "site": "north" },
          "link": { "host": "broker", "port": 1883 },
          "telemetry": { "window_s": 60 },
          "models": [{ "name": "a", "sensor": { "driver": "vitals" } }, { "name": "b", "sensor": { "driver": "vitals", "rate_hz": 5 } }]
        }
        """;

    [Fact]
    public void Another_layout_of_the_same_is_no_change()
    {
        string same = """
            { "models": [{ "sensor": { "driver": "vitals" }, "name": "a" }, { "sensor": { "rate_hz": 5, "driver": "vitals" }, "name": "b" }],
              "telemetry": { "window_s": 60 }, "labels": { "site": "north" }, "link": { "port": 1883, "host": "broker" },
              "state_dir": "state", "profile": "linux-x64", "device": "pump-7" }
            """;

        ConfigurationChanges changes = Between(Before, same);

        Assert.False(changes.Labels || changes.Telemetry);
        Assert.Empty(changes.Added.Concat(changes.Removed).Concat(changes.Replaced).Concat(changes.NeedRestart));
    }

    [Fact]
    public void Labels_periods_and_models_change_while_serving()
    {
        string after = Before.Replace("north", "south", StringComparison.Ordinal).Replace("60", "30", StringComparison.Ordinal)
            .Replace("\"rate_hz\": 5", "\"rate_hz\": 10", StringComparison.Ordinal).Replace("\"a\"", "\"c\"", StringComparison.Ordinal);

        ConfigurationChanges changes = Between(Before, after);

        Assert.True(changes.Labels && changes.Telemetry);
        Assert.Equal(["c"], changes.Added);
        Assert.Equal(["a"], changes.Removed);
        Assert.Equal(["b"], changes.Replaced);
        Assert.Empty(changes.NeedRestart);
    }

    [Theory]
    [InlineData("pump-7", "pump-8", "device")]
    [InlineData("linux-x64", "industrial-pc", "profile")]
    [InlineData("1883", "8883", "link.port")]
    [InlineData("\"window_s\": 60", "\"window_s\": 60, \"outbox\": { \"max_bytes\": 1000000 }", "telemetry.outbox")]
    [InlineData("\"port\": 1883", "\"port\": 1883, \"root\": \"plant\"", "link.root")]
    public void What_is_only_read_at_start_says_so(string was, string now, string member)
    {
        ConfigurationChanges changes = Between(Before, Before.Replace(was, now, StringComparison.Ordinal));

        Assert.Equal([member], changes.NeedRestart);
        Assert.False(changes.Labels || changes.Telemetry);
    }

    [Fact]
    public void Writing_out_telemetry_for_the_first_time_is_seen_in_both_its_kinds()
    {
        string without = Before.Replace("\"telemetry\": { \"window_s\": 60 },", "", StringComparison.Ordinal);

        ConfigurationChanges changes = Between(without, Before.Replace("60", "60, \"outbox\": { \"max_bytes\": 1000000 }", StringComparison.Ordinal));

        Assert.True(changes.Telemetry);
        Assert.Equal(["telemetry.outbox"], changes.NeedRestart);
    }

    private static ConfigurationChanges Between(string before, string after) => ConfigurationChanges.Between(Parse(before), Parse(after));

    private static JsonValue Parse(string text) => JsonFile.Parse(Encoding.UTF8.GetBytes(text), "edge.json", new Mistakes())!;
}
