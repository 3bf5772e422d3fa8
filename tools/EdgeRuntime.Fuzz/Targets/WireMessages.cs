using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Everything that comes over the broker, where anybody who may publish can send anything.</summary>
internal static class WireMessages
{
    private static readonly Mutation.Mutation[] Json = [JsonMutation.Change, JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc];
    private static readonly DeviceId Device = DeviceId.Parse("line-7-press-2");

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "topic",
            About = "a topic's levels: device, direction, class",
            Run = Topic,
            Seeds = () => [.. Texts("edge/v1/press-2/up/latest/vitals", "edge/v1/press-2/down/desired", "edge/v1/_fleet/manager", "edge/v1//up/", "$SYS/x")],
            LargestInput = 1024,
        },
        .. MessageSamples.All.Select(sample => FromDevice(sample.Class, sample.After, sample.Json)),
        ToDevice("desired", MessageSamples.Desired, WireJson.Default.DesiredState),
        ToDevice("command", MessageSamples.Command, WireJson.Default.CommandMessage),
        ToDevice("response", MessageSamples.Response, WireJson.Default.ResponseMessage),
        ToDevice("ack", MessageSamples.Ack, WireJson.Default.AckMessage),
        ToDevice("label", MessageSamples.Label, WireJson.Default.LabelMessage),
        new Target
        {
            Name = "labels",
            About = "a message of labels, as a device takes it in",
            Run = bytes =>
            {
                IReadOnlyList<(AnswerId Id, TrueLabel Label)> read = LabelBatch.Read(bytes, out long refused);
                Promise.Require(read.Count <= LabelMessage.MostLabels && refused >= 0, "more was read than a message may hold");
                Promise.Require(read.All(label => AnswerId.TryParse(label.Id.ToString(), out AnswerId again) && again == label.Id), "an id changes when it is written");
                return read.Count > 0;
            },
            Seeds = () => [Encoding.UTF8.GetBytes(MessageSamples.Label)],
            Mutations = Json,
        },
        ToDevice("manager", MessageSamples.Manager, WireJson.Default.ManagerMessage),
        new Target
        {
            Name = "envelope",
            About = "a signed order: DSSE envelope, signature, desired state",
            Run = Envelope,
            Refuses = e => e is JsonException,
            Seeds = () => [SampleKeys.Envelope(Encoding.UTF8.GetBytes(MessageSamples.Desired), DesiredState.PayloadType)],
            Mutations = Json,
        },
        new Target
        {
            Name = "chunk-request",
            About = "a device's wish for chunks, protobuf",
            Run = ChunkRequests,
            Seeds = ChunkRequestSeeds,
            Mutations = [ProtoMutation.Change, ByteMutation.Havoc],
            LargestInput = 1024,
            Weight = 1.5,
        },
        new Target
        {
            Name = "chunk",
            About = "a chunk: header, CRC, bytes",
            Run = bytes => ChunkCodec.TryReadChunk(bytes, out ChunkHeader header, out ReadOnlySpan<byte> payload) && Chunk(bytes, header, payload),
            Seeds = ChunkSeeds,
            LargestInput = ChunkCodec.MaxLength + 64,
            Weight = 0.5,
        },
    ];

    private static bool Topic(byte[] bytes)
    {
        Topics topics = new("edge/v1");
        if (!topics.TrySplit(Encoding.UTF8.GetString(bytes), out DeviceId device, out bool up, out string rest))
        {
            return false;
        }

        string again = up ? topics.Up(device, rest) : topics.Down(device, rest);
        Promise.Require(again == Encoding.UTF8.GetString(bytes), "the parts do not make the topic again");
        return true;
    }

    private static Target FromDevice(string messageClass, string rest, string json) => new()
    {
        Name = messageClass,
        About = $"a device's message of the class {messageClass}, as the fleet takes it in",
        Run = bytes =>
        {
            DeviceMessage? message = MessageReader.Read(new Arrival(Device, messageClass, rest, bytes, 0), out string reason);
            Promise.Require(message is null != (reason.Length == 0), "a refusal needs a reason, and only that");
            _ = MessageReader.Shown(bytes);
            return message is not null;
        },
        Seeds = () => [Encoding.UTF8.GetBytes(json)],
        Mutations = Json,
        Weight = 0.75,
    };

    private static Target ToDevice<T>(string name, string json, JsonTypeInfo<T> type) where T : class => new()
    {
        Name = name,
        About = $"{type.Type.Name} in JSON",
        Run = bytes =>
        {
            T? message = JsonSerializer.Deserialize(bytes, type);
            if (message is null)
            {
                return false;
            }

            // What was read can be written, and read again as the same.
            byte[] written = JsonSerializer.SerializeToUtf8Bytes(message, type);
            T? again = JsonSerializer.Deserialize(written, type);
            Promise.Require(JsonSerializer.SerializeToUtf8Bytes(again!, type).AsSpan().SequenceEqual(written), "writing and reading change it");
            return true;
        },
        Refuses = e => e is JsonException,
        Seeds = () => [Encoding.UTF8.GetBytes(json)],
        Mutations = Json,
        Weight = 0.5,
    };

    private static bool Envelope(byte[] bytes)
    {
        SignedEnvelope? envelope = JsonSerializer.Deserialize(bytes, WireJson.Default.SignedEnvelope);
        if (envelope is null || envelope.Signatures.Any(signature => signature is null))
        {
            return false;
        }

        Promise.Require(
            !Dsse.TryOpen(envelope, DesiredState.PayloadType, Keys.Trusted, out _), "an envelope that nobody signed was opened");

        // The signature is a wall; behind it the payload is looked at all the same here.
        _ = JsonSerializer.Deserialize(envelope.Payload, WireJson.Default.DesiredState);
        return true;
    }

    private static bool ChunkRequests(byte[] bytes)
    {
        if (!ChunkCodec.TryReadRequest(bytes, out ChunkRequest request))
        {
            return false;
        }

        byte[] written = new byte[ChunkCodec.MaxRequestBytes];
        int length = ChunkCodec.WriteRequest(request, written);
        Promise.Require(
            ChunkCodec.TryReadRequest(written.AsSpan(0, length), out ChunkRequest again) && again == request, "writing and reading change it");
        return true;
    }

    private static bool Chunk(byte[] bytes, ChunkHeader header, ReadOnlySpan<byte> payload)
    {
        Promise.Require(payload.Length == header.Length && header.Length == bytes.Length - ChunkCodec.HeaderBytes, "the payload is not what the header says");
        return true;
    }

    private static IEnumerable<byte[]> ChunkRequestSeeds()
    {
        byte[] written = new byte[ChunkCodec.MaxRequestBytes];
        int length = ChunkCodec.WriteRequest(new ChunkRequest(new string('a', 64), 65536, 32768, 8, "t-1"), written);
        yield return written[..length];
        length = ChunkCodec.WriteRequest(new ChunkRequest(new string('0', 64), 0, 1, 1, "x"), written);
        yield return written[..length];
    }

    private static IEnumerable<byte[]> ChunkSeeds()
    {
        foreach (int length in (int[])[1, 100, 1024])
        {
            byte[] message = new byte[ChunkCodec.HeaderBytes + length];
            ChunkCodec.WriteChunkHeader(message, length * 3L);
            yield return message;
        }
    }

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static class Keys
    {
        public static IReadOnlyList<VerifyingKey> Trusted { get; } = VerifyingKey.FromPem(SampleKeys.PublicKey);
    }
}
