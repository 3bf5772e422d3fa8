using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator;

/// <summary>One name that came, went or moved; durable once every directory it touches was synced.</summary>
internal sealed record NameChange(string? From, string? To, StoredNode Node)
{
    private bool FromSynced { get; init; } = From is null;

    private bool ToSynced { get; init; } = To is null;

    public bool IsDurable => FromSynced && ToSynced;

    public NameChange WithSynced(string directory) => this with
    {
        FromSynced = FromSynced || DurableFiles.Parent(From!) == directory,
        ToSynced = ToSynced || DurableFiles.Parent(To!) == directory,
    };

    public void Apply(Dictionary<string, StoredNode> names)
    {
        if (From is not null)
        {
            names.Remove(From);
        }

        if (To is not null)
        {
            names[To] = Node;
        }
    }
}
