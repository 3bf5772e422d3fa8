using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Reads a message of labels, whatever its bytes are.</summary>
public static class LabelBatch
{
    /// <summary>Bytes of one message at most.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Reads a message.</summary>
    /// <param name="refused">Labels that were passed over: without an id that can be read, or beyond <see cref="LabelMessage.MostLabels"/>;
    /// 1 for a message that is none.</param>
    /// <returns>What can be looked for, in the message's order.</returns>
    public static IReadOnlyList<(AnswerId Id, TrueLabel Label)> Read(ReadOnlySpan<byte> payload, out long refused)
    {
        refused = 1;
        if (Parse(payload) is not { Labels: { } labels })
        {
            return [];
        }

        List<(AnswerId, TrueLabel)> read = [];
        refused = Math.Max(0, labels.Count - LabelMessage.MostLabels);
        for (int i = 0; i < labels.Count && i < LabelMessage.MostLabels; i++)
        {
            if (labels[i] is TrueLabel label && AnswerId.TryParse(label.Id, out AnswerId id))
            {
                read.Add((id, label));
            }
            else
            {
                refused++;
            }
        }

        return read;
    }

    private static LabelMessage? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return payload.Length > MostBytes ? null : JsonSerializer.Deserialize(payload, WireJson.Default.LabelMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
