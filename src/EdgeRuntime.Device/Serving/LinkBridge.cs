using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Device.Serving;

/// <summary>Carries what the link tells from its own thread into the agent's mailbox. Copies, because a message's memory is the link's.</summary>
internal sealed class LinkBridge(Mailbox mailbox) : ILinkEvents
{
    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent) => mailbox.Post(new Letter.Connected(sessionPresent));

    /// <inheritdoc/>
    public void OnDisconnected(string reason) => mailbox.Post(new Letter.Disconnected(reason));

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message) => mailbox.Post(new Letter.Received(
        message.Topic, message.Payload.ToArray(), message.ResponseTopic, message.Correlation.ToArray()));

    /// <inheritdoc/>
    public void OnPublished(long token) => mailbox.Post(new Letter.Published(token));
}
