using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>Gives each message of the broker to whom it is for; what is for another device, or for nobody, is passed over. For the agent's thread.</summary>
internal sealed class IncomingMessages(
    DeviceId device, Topics topics, UpdateAgent updates, Acknowledgements acknowledgements, Commands commands, Labels labels)
{
    private const string CommandPrefix = "command/";

    /// <summary>The topic that a kind of message for this device comes on.</summary>
    public string Topic(string rest) => topics.Down(device, rest);

    /// <summary>Takes a message of any kind but a chunk.</summary>
    public void Take(Letter.Received message)
    {
        if (message.Topic.StartsWith(topics.Fleet("manager/"), StringComparison.Ordinal))
        {
            acknowledgements.Manager(message.Payload);
            return;
        }

        switch (RestOf(message.Topic))
        {
            case "desired":
                updates.OnDesired(message.Payload);
                break;
            case "metadata":
                updates.OnMetadata(message.Payload);
                break;
            case "ack":
                acknowledgements.Receipt(message.Payload);
                break;
            case LabelMessage.TopicName:
                labels.Take(message.Payload);
                break;
            case string rest when rest.StartsWith(CommandPrefix, StringComparison.Ordinal):
                commands.Handle(rest[CommandPrefix.Length..], message);
                break;
        }
    }

    /// <summary>Takes a chunk, and gives its memory back.</summary>
    public void Take(Letter.Chunk chunk)
    {
        if (RestOf(chunk.Topic) is string rest && rest.StartsWith(ChunkCodec.ChunkTopicPrefix, StringComparison.Ordinal)
            && ChunkCodec.TryReadChunk(chunk.Bytes.AsSpan(0, chunk.Length), out ChunkHeader header, out ReadOnlySpan<byte> bytes))
        {
            updates.OnChunk(rest[ChunkCodec.ChunkTopicPrefix.Length..], header.Offset, bytes);
        }

        chunk.Release();
    }

    // What follows the direction in a topic down to this device; null for every other topic.
    private string? RestOf(string topic) =>
        topics.TrySplit(topic, out DeviceId of, out bool up, out string rest) && !up && of == device ? rest : null;
}
