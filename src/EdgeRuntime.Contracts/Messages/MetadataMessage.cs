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
    /// Files by name, base64 in JSON: <c>timestamp.json</c>, the snapshot and targets that belong to it, and every root. Empty in a
    /// slice.
    /// </summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init => field = value ?? new Dictionary<string, byte[]>(); } = new Dictionary<string, byte[]>();

    /// <summary>A part of such a message that does not fit into one packet, or null.</summary>
    public MetadataSlice? Slice { get; init; }
}

/// <summary>One of the parts that a long message is cut into.</summary>
/// <param name="Set">SHA-256 of the whole, lowercase hex: tells parts of one message from those of another.</param>
/// <param name="Index">Which part, from 0 on.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Bytes">Those of the part, base64 in JSON; all but the last have <see cref="Tuf.MetadataSlices.SliceBytes"/>.</param>
public sealed record MetadataSlice(string Set, int Index, int Count, byte[] Bytes);
