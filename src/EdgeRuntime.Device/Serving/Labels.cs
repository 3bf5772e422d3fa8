using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Device.Serving;

/// <summary>Hands labels that come for this device to the models whose answers they judge. For the agent's thread only.</summary>
internal sealed class Labels(IReadOnlyList<ModelHost> hosts)
{
    /// <summary>Labels since start that no model could take: unreadable, or of a model that is not here or takes none.</summary>
    public long Refused { get; private set; }

    /// <summary>Takes one message (<c>down/label</c>).</summary>
    public void Take(ReadOnlySpan<byte> payload)
    {
        IReadOnlyList<(AnswerId Id, TrueLabel Label)> batch = LabelBatch.Read(payload, out long refused);
        Refused += refused;
        foreach ((AnswerId id, TrueLabel label) in batch)
        {
            ModelHost? host = hosts.FirstOrDefault(host => host.Name == id.Model);
            Refused += host is not null && host.Take(id, label) ? 0 : 1;
        }
    }
}
