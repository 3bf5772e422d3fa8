using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>Here and not among the tests of both links, because libmosquitto 2.0 ends its process there (see <c>MosquittoLink</c>).</summary>
public sealed class UnknownPropertyTests
{
    [Fact]
    public void A_message_with_a_property_that_MQTT_does_not_know_ends_the_connection_and_is_told_to_nobody()
    {
        const byte Connect = 0x10;
        const byte Unknown = 0x7F;
        using ScriptedBroker broker = new((first, _) =>
            first == Connect ? [0x20, 3, 0, 0, 0, 0x30, 6, 0, 1, (byte)'t', 2, Unknown, 0] : []);
        using ILink link = ScriptedBrokerTests.Make(broker.Port);
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 2, "two tries end");

        Assert.All(told.Disconnections, said => Assert.Contains("was lost: ", said, StringComparison.Ordinal));
        Assert.Empty(told.Messages);
    }
}
