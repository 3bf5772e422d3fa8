using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What a device finds in its outbox after a power failure, or after years: anything at all.</summary>
internal static class OutboxLogs
{
    private const int FrameBytes = 12;

    private static readonly BootId Boot = new(0x0123456789abcdef);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "outbox-log",
            About = "a segment of the outbox: records with their checksums, torn tails, flipped bits",
            Run = Log,
            Seeds = () => [Bytes(Messages), Bytes([.. Messages, .. Messages]), Bytes(Messages.Take(1))],
        },
        new Target
        {
            Name = "outbox-record",
            About = "the body of one record, behind a checksum that holds",
            Run = body => Log(RecordFormat.Frame(body)),
            Seeds = () => Messages.Select(message => Bytes([message])[FrameBytes..]),
            LargestInput = 1024,
            Weight = 0.5,
        },
        new Target
        {
            Name = "outbox-merge",
            About = "windows and batches of predictions that are merged in a full outbox",
            Run = Merge,
            Seeds = () => MessageSamples.All.Where(sample => sample.Class is "window" or "prediction").Select(sample => Encoding.UTF8.GetBytes(sample.Json)),
            Mutations = [JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc],
            Weight = 0.75,
        },
        new Target
        {
            Name = "outbox-state",
            About = "what the outbox remembers beside its segments",
            Run = bytes => RememberedOutbox.Read(bytes) is RememberedOutbox read && Again(read),
            Seeds = () => [State.ToBytes()],
            Weight = 0.25,
        },
        new Target
        {
            Name = "outbox-name",
            About = "the name of a segment",
            Run = bytes => SegmentName.TryParse(Encoding.UTF8.GetString(bytes), out SegmentName name) && Same(name.ToString(), Encoding.UTF8.GetString(bytes)),
            Seeds = () => ["00000001-00000003.new"u8.ToArray(), "0000ffff-ffffffff.out"u8.ToArray()],
            LargestInput = 64,
            Weight = 0.1,
        },
    ];

    private static RememberedOutbox State => new(
        1, [new RememberedLine(1, 2, 3, 4, 5, 6), new RememberedLine(7, 0, 0, 0, 0, 0), new RememberedLine(1, 0, 0, 0, 0, 0)],
        [new Acknowledged(Boot, "window", 17)]);

    private static IEnumerable<StoredMessage> Messages => MessageSamples.All
        .Where(sample => sample.After.Length > 0)
        .Select(sample => Message($"{sample.Class}/{sample.After}", Encoding.UTF8.GetBytes(sample.Json)));

    private static bool Log(byte[] bytes)
    {
        List<StoredMessage> messages = RecordFormat.ReadAll(bytes, out Damage damage);
        Promise.Require(
            damage.Bytes + messages.Sum(message => (long)RecordFormat.SizeOf(message)) == bytes.Length, "what was read and what was skipped is not the whole");
        foreach (StoredMessage message in messages)
        {
            byte[] written = Bytes([message]);
            Promise.Require(RecordFormat.ReadAll(written, out _) is [StoredMessage again] && Bytes([again]).AsSpan().SequenceEqual(written), "writing and reading change it");
        }

        return messages.Count > 0;
    }

    private static bool Merge(byte[] payload)
    {
        StoredMessage[] messages = [.. Messages, Message("window/vitals", payload), Message("prediction/vitals", payload), .. Messages];
        IReadOnlyList<StoredMessage> merged = MessageMerging.Merge(messages, TimeSpan.FromHours(1));
        Promise.Require(merged.Sum(message => message.StandsFor) == messages.Length, "a message is not accounted for");
        Promise.Require(merged.All(RecordFormat.Fits), "what was merged does not fit into a record");
        return merged.Count < messages.Length;
    }

    private static bool Again(RememberedOutbox read)
    {
        RememberedOutbox? again = RememberedOutbox.Read(read.ToBytes());
        Promise.Require(again is not null && again.Lines.SequenceEqual(read.Lines) && again.Acknowledged.SequenceEqual(read.Acknowledged), "writing and reading change it");
        return true;
    }

    private static bool Same(string one, string other)
    {
        Promise.Require(one == other, "a name is not written as it was read");
        return true;
    }

    private static StoredMessage Message(string rest, byte[] payload) => new()
    {
        Rest = rest, Boot = Boot, Sequence = 7, UnixMs = 1_700_000_000_000, ClockSynchronized = true, ExpirySeconds = 3600, Payload = payload,
    };

    private static byte[] Bytes(IEnumerable<StoredMessage> messages)
    {
        byte[] bytes = new byte[messages.Sum(RecordFormat.SizeOf)];
        int at = 0;
        foreach (StoredMessage message in messages)
        {
            at += RecordFormat.Write(message, bytes.AsSpan(at));
        }

        return bytes;
    }
}
