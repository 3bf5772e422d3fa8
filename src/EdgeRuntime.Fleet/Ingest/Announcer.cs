using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Devices;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Writes what the manager says to devices. Belongs to the fleet's thread.</summary>
internal sealed partial class Announcer(
    Outbound outbound, Topics topics, string instance, OrderBook orders, MetadataShelf? metadata, ILogger logger)
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

    /// <summary>Publishes a device's order, if it has one, and before it what vouches for its packages.</summary>
    public void Order(DeviceId device)
    {
        Metadata(device);
        if (orders.Envelope(device) is byte[] envelope)
        {
            string topic = topics.Down(device, "desired");
            outbound.Set(topic, new LinkMessage { Topic = topic, Payload = envelope, Qos = 1, Retain = true, ContentType = Json });
        }
    }

    // Not retained: whoever is not there hears it with the order after its birth, and a broker keeps one copy less for each device.
    private void Metadata(DeviceId device)
    {
        string? objection = null;
        string topic = topics.Down(device, "metadata");
        foreach ((int part, byte[] message) in metadata?.Messages(out objection).Index() ?? [])
        {
            outbound.Set($"{topic}/{part}", new LinkMessage { Topic = topic, Payload = message, Qos = 1, ContentType = Json });
        }

        if (objection is not null)
        {
            Log.MetadataUnreadable(logger, objection);
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

    private static partial class Log
    {
        [LoggerMessage(5030, LogLevel.Warning, "{Reason}")]
        public static partial void MetadataUnreadable(ILogger logger, string reason);

        [LoggerMessage(5031, LogLevel.Warning, "the order of {Device} is held back: transfers.recipients pins no key for it, or a package of it is not on the disk")]
        public static partial void NotEncrypted(ILogger logger, string device);
    }
}
