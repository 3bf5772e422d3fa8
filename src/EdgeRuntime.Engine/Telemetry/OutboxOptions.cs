namespace EdgeRuntime.Engine.Telemetry;

/// <summary>What kind of message waits in memory; earlier ones are sent first, and each has room of its own.</summary>
public enum OutboxClass
{
    /// <summary>Status, info, reported, latest: only the newest of each topic is worth sending.</summary>
    State,

    /// <summary>Messages of the user's choice that a decision sends.</summary>
    Action,

    /// <summary>Answers to commands.</summary>
    Response,

    /// <summary>How far updates are: the next one replaces it.</summary>
    Progress,

    /// <summary>Pieces of captured samples that somebody asked for.</summary>
    Sample,
}

/// <summary>Room of one class.</summary>
/// <param name="Messages">Messages that wait or are in flight; 1 to 16384.</param>
/// <param name="Bytes">Bytes of their payloads and topics; at least 1.</param>
public sealed record OutboxLimit(int Messages, long Bytes);

/// <summary>How much an <see cref="Outbox"/> keeps: with the defaults less than 3 MiB.</summary>
public sealed record OutboxOptions
{
    private const int MostMessages = 16384;

    /// <summary>(default: 64 messages, 1 MiB)</summary>
    public OutboxLimit State { get; init; } = new(64, 1024 * 1024);

    /// <summary>(default: 512 messages, 1 MiB)</summary>
    public OutboxLimit Action { get; init; } = new(512, 1024 * 1024);

    /// <summary>(default: 32 messages, 512 KiB)</summary>
    public OutboxLimit Response { get; init; } = new(32, 512 * 1024);

    /// <summary>(default: 64 messages, 64 KiB)</summary>
    public OutboxLimit Progress { get; init; } = new(64, 64 * 1024);

    /// <summary>(default: 8 messages, 640 KiB)</summary>
    public OutboxLimit Sample { get; init; } = new(8, 640 * 1024);

    /// <summary>The room of one class.</summary>
    public OutboxLimit Of(OutboxClass kind) => kind switch
    {
        OutboxClass.State => State,
        OutboxClass.Action => Action,
        OutboxClass.Response => Response,
        OutboxClass.Sample => Sample,
        _ => Progress,
    };

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        foreach (OutboxClass kind in Enum.GetValues<OutboxClass>())
        {
            OutboxLimit limit = Of(kind);
            string name = kind.ToString().ToLowerInvariant();
            if (limit.Messages is < 1 or > MostMessages)
            {
                errors.Add($"outbox.{name}.messages: {limit.Messages} is outside 1 to {MostMessages}");
            }

            if (limit.Bytes < 1)
            {
                errors.Add($"outbox.{name}.bytes: {limit.Bytes} is less than 1");
            }
        }

        return errors;
    }
}

/// <summary>
/// What became of the messages of one class:
/// <c>posted = published + replaced + dropped + expired + waiting + in flight</c>.
/// </summary>
/// <param name="Posted">Messages handed to the outbox.</param>
/// <param name="Published">Messages the broker has.</param>
/// <param name="Replaced">State messages that a newer one of the same topic took the place of.</param>
/// <param name="Dropped">Messages lost because their class had no room.</param>
/// <param name="Expired">Messages that waited longer than they were worth.</param>
/// <param name="Waiting">Messages to be sent.</param>
/// <param name="InFlight">Messages sent, and not acknowledged yet.</param>
/// <param name="Bytes">Bytes that those two take.</param>
public readonly record struct OutboxCounts(
    long Posted, long Published, long Replaced, long Dropped, long Expired, int Waiting, int InFlight, long Bytes);
