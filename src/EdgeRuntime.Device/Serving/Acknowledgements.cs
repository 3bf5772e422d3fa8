using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Device.Serving;

/// <summary>Reads what a fleet manager says about itself and about what it has stored. Anything else is ignored: a message is kept until it is acknowledged.</summary>
internal sealed class Acknowledgements(DurableOutbox outbox)
{
    /// <summary>A receipt (<c>down/ack</c>).</summary>
    public void Receipt(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, WireJson.Default.AckMessage) is { Class: not null } receipt)
            {
                outbox.OnAcknowledged(receipt.Class, receipt.Boot, receipt.Highest);
            }
        }
        catch (JsonException)
        {
        }
    }

    /// <summary>Takes what was acknowledged while the link was stopped: that need not be kept. All other letters are thrown away.</summary>
    /// <param name="topic">The topic of receipts.</param>
    public void TakeLast(Mailbox mailbox, Publisher publisher, string topic)
    {
        while (mailbox.Take(TimeSpan.Zero) is Letter letter)
        {
            if (letter is Letter.Published landed)
            {
                publisher.OnPublished(landed.Token);
            }
            else if (letter is Letter.Received received && received.Topic == topic)
            {
                Receipt(received.Payload);
            }
        }
    }

    /// <summary>A manager's word that it is there, or its will (<c>_fleet/manager/…</c>).</summary>
    public void Manager(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (!payload.IsEmpty && JsonSerializer.Deserialize(payload, WireJson.Default.ManagerMessage) is ManagerMessage word)
            {
                outbox.OnManager(word.Online, word.UnixMs);
            }
        }
        catch (JsonException)
        {
        }
    }
}
