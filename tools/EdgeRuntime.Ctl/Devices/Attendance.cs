using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Ctl.Fleet;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>What is known of one device: its own words, some of them retained by the broker.</summary>
internal sealed class Attendance(DeviceId device)
{
    public DeviceId Device { get; } = device;

    /// <summary>Its newest word about itself, or null.</summary>
    public StatusMessage? Status { get; private set; }

    /// <summary>What it runs, or null.</summary>
    public ReportedMessage? Reported { get; private set; }

    /// <summary>The key that it says packages are to be encrypted with, or null.</summary>
    public byte[]? EncryptionKey { get; private set; }

    /// <summary>Its newest answer to the question whether it is there, or null.</summary>
    public ResponseMessage? Answer { get; private set; }

    /// <summary>Its answer to an undo, or null.</summary>
    public ResponseMessage? Undone { get; private set; }

    /// <summary>Generation of the order that the broker keeps for it; 0 for none. Read without a key: only to go above it.</summary>
    public long OrderedGeneration { get; private set; }

    /// <summary>True once it has answered and has said what it runs.</summary>
    public bool IsThere => Answer is not null && Reported is not null;

    /// <summary>The first generation that neither the device has accepted nor the broker keeps.</summary>
    public long NextGeneration => Math.Max(Reported?.Generation ?? 0, OrderedGeneration) + 1;

    /// <summary>Notes a message of it, or for it.</summary>
    public void Take(Heard.Message message)
    {
        if (!message.Up)
        {
            OrderedGeneration = Math.Max(OrderedGeneration, Generation(message.Payload));
        }
        else if (message.Rest == "status")
        {
            Status = Read(message.Payload, WireJson.Default.StatusMessage) ?? Status;
        }
        else if (message.Rest == "reported")
        {
            Reported = Read(message.Payload, WireJson.Default.ReportedMessage) ?? Reported;
        }
        else if (message.Rest == "info")
        {
            EncryptionKey = Read(message.Payload, WireJson.Default.InfoMessage)?.EncryptionKey ?? EncryptionKey;
        }
        else if (message.Rest.EndsWith("-undo", StringComparison.Ordinal))
        {
            Undone = Read(message.Payload, WireJson.Default.ResponseMessage) ?? Undone;
        }
        else if (message.Rest.StartsWith("response/", StringComparison.Ordinal))
        {
            Answer = Read(message.Payload, WireJson.Default.ResponseMessage) ?? Answer;
        }
    }

    /// <summary>Why it counts as away, in a sentence.</summary>
    public string Absence(TimeProvider time) => (Status, Answer, Reported) switch
    {
        (_, not null, null) => $"{Device}: answers, but does not say what it runs; may this user read {Device}/up/reported?",
        (null, _, _) => $"{Device}: does not answer, and the broker has never heard of it; is the name right?",
        ({ } status, _, _) => $"{Device}: does not answer; the last that the broker heard of it is "
            + $"'{status.State.ToString().ToLowerInvariant()}', {Shown.Age(status.UnixMs, time)} ago",
    };

    /// <summary>Reads a message, or null when it is not one.</summary>
    public static T? Read<T>(byte[] payload, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return payload.Length == 0 ? null : JsonSerializer.Deserialize(payload, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Generation(byte[] envelope) =>
        Read(envelope, WireJson.Default.SignedEnvelope) is { } read
            && Read(read.Payload, WireJson.Default.DesiredState) is { } desired
            ? desired.Generation
            : 0;
}
