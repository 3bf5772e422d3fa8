using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>What an outbox remembers beside its segments: counts of what is gone, and how far the manager has acknowledged what is there.</summary>
/// <param name="Format">1.</param>
/// <param name="Lines">One for each class, in the order of <see cref="RecordClass"/>.</param>
/// <param name="Acknowledged">At most <see cref="MostAcknowledged"/>: what is forgotten is sent again.</param>
internal sealed record RememberedOutbox(int Format, IReadOnlyList<RememberedLine> Lines, IReadOnlyList<Acknowledged> Acknowledged)
{
    public const int CurrentFormat = 1;
    public const int MostAcknowledged = 64;
    public const int MaxBytes = 64 * 1024;

    /// <summary>As one record of a log, so that a flipped bit is seen.</summary>
    public byte[] ToBytes()
    {
        StoredMessage record = new()
        {
            Rest = "state",
            Boot = default,
            Sequence = 1,
            UnixMs = 0,
            Payload = JsonSerializer.SerializeToUtf8Bytes(this, RememberedJson.Default.RememberedOutbox),
        };
        byte[] bytes = new byte[RecordFormat.SizeOf(record)];
        RecordFormat.Write(record, bytes);
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null when it is anything else.</summary>
    public static RememberedOutbox? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return RecordFormat.ReadAll(bytes, out Damage damage) is [{ Rest: "state" } record] && damage.Stretches == 0
                && JsonSerializer.Deserialize(record.Payload.Span, RememberedJson.Default.RememberedOutbox) is { Format: CurrentFormat } read
                && read.Lines.Count == RecordClasses.Count && read.Lines.All(line => line is { IsPossible: true })
                && read.Acknowledged.Count <= MostAcknowledged && read.Acknowledged.All(each => each is not null)
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Counts of one class, of messages that are in no segment any more.</summary>
/// <param name="First">Lowest number a segment may have.</param>
internal sealed record RememberedLine(uint First, long Sent, long Merged, long DroppedRoom, long DroppedAge, long DroppedDamage)
{
    // Far below where sums would overflow.
    private const long Most = 1L << 56;

    [JsonIgnore]
    public bool IsPossible => new[] { Sent, Merged, DroppedRoom, DroppedAge, DroppedDamage }.All(count => count is >= 0 and < Most);
}

/// <summary>Every message of a run and topic class up to a number is acknowledged.</summary>
internal sealed record Acknowledged(BootId Boot, string TopicClass, long Through);

/// <summary>How it is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RememberedOutbox))]
internal sealed partial class RememberedJson : JsonSerializerContext;
