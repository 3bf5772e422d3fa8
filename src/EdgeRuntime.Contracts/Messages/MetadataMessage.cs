namespace EdgeRuntime.Contracts.Messages;

/// <summary>TUF metadata of the fleet's repository, as it stands there: what vouches for packages and for who may order.</summary>
/// <remarks>
/// Topic <c>{id}/down/metadata</c>, QoS 1, not retained: published before every order. Nothing in it is believed because of
/// who sent it: a device takes it through the whole TUF workflow.
/// </remarks>
public sealed record MetadataMessage
{
    /// <summary>Longest message that is looked at, bytes.</summary>
    public const int LongestBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Files by name, base64 in JSON: <c>timestamp.json</c>, the snapshot and targets that belong to it, and every root.
    /// </summary>
    public required IReadOnlyDictionary<string, byte[]> Files { get; init; }
}
