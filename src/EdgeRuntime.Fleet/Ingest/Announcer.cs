using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Writes what the manager says to devices. Belongs to the fleet's thread.</summary>
internal sealed class Announcer(Outbound outbound, Topics topics, string instance, OrderBook orders)
{
    private const string Json = "application/json";
    private const int ReceiptExpirySeconds = 3600;

    /// <summary>Says that this manager is there.</summary>
    public void Presence(long nowMs)
    {
        LinkMessage message = Presence(topics, instance, online: true, nowMs);
        outbound.Set(message.Topic, message);
    }

    /// <summary>The word of a manager that comes, goes, or is gone.</summary>
    public static LinkMessage Presence(Topics topics, string instance, bool online, long nowMs) => new()
    {
        Topic = topics.Fleet($"manager/{instance}"),
        Payload = JsonSerializer.SerializeToUtf8Bytes(new ManagerMessage(online, nowMs), WireJson.Default.ManagerMessage),
        Qos = 1,
        Retain = true,
        ContentType = Json,
    };

    /// <summary>Publishes a device's order, if it has one.</summary>
    public void Order(DeviceId device)
    {
        if (orders.Envelope(device) is byte[] envelope)
        {
            string topic = topics.Down(device, "desired");
            outbound.Set(topic, new LinkMessage { Topic = topic, Payload = envelope, Qos = 1, Retain = true, ContentType = Json });
        }
    }

    /// <summary>Tells a device what is stored.</summary>
    public void Receipt(DeviceId device, string messageClass, BootId boot, long highest)
    {
        string topic = topics.Down(device, "ack");
        AckMessage receipt = new(messageClass, boot, highest);
        outbound.Set($"{topic}/{messageClass}/{boot}", new LinkMessage
        {
            Topic = topic,
            Payload = JsonSerializer.SerializeToUtf8Bytes(receipt, WireJson.Default.AckMessage),
            Qos = 1,
            ExpirySeconds = ReceiptExpirySeconds,
            ContentType = Json,
        });
    }
}
