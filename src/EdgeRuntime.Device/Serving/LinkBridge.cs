using System.Buffers;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.Serving;

/// <summary>Carries what the link tells from its own thread into the agent's mailbox. Copies, because a message's memory is the link's.</summary>
internal sealed class LinkBridge(Mailbox mailbox) : ILinkEvents
{
    private const string ChunkTopic = "/down/" + ChunkCodec.ChunkTopicPrefix;

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent) => mailbox.Post(new Letter.Connected(sessionPresent));

    /// <inheritdoc/>
    public void OnDisconnected(string reason) => mailbox.Post(new Letter.Disconnected(reason));

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message)
    {
        if (!message.Topic.Contains(ChunkTopic, StringComparison.Ordinal))
        {
            mailbox.Post(new Letter.Received(
                message.Topic, message.Payload.ToArray(), message.ResponseTopic, message.Correlation.ToArray()));
            return;
        }

        // Large, and by the thousand in a row.
        byte[] bytes = ArrayPool<byte>.Shared.Rent(message.Payload.Length);
        message.Payload.CopyTo(bytes);
        mailbox.Post(new Letter.Chunk(message.Topic, bytes, message.Payload.Length));
    }

    /// <inheritdoc/>
    public void OnPublished(long token) => mailbox.Post(new Letter.Published(token));
}
