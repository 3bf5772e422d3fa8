namespace EdgeRuntime.Contracts.Messages;

/// <summary>Truths that became known after a device had answered.</summary>
/// <remarks>
/// Topic <c>{id}/down/label</c>, QoS 1, not retained, expires after 30 d. A device counts each label once, in the window in
/// which it comes, and says in that window what became of those that it could not use.
/// </remarks>
public sealed record LabelMessage
{
    /// <summary>Labels of one message at most; more are counted and passed over.</summary>
    public const int MostLabels = 1000;

    /// <summary>The topic below <c>down/</c>.</summary>
    public const string TopicName = "label";

    /// <summary>The labels, in any order.</summary>
    public required IReadOnlyList<TrueLabel> Labels { get; init; }
}

/// <summary>What was true of one sample.</summary>
public sealed record TrueLabel
{
    /// <summary>Id of the answer: <c>{boot}.{model}.{n}</c>, as <see cref="LatestMessage.N"/> and <see cref="Prediction.N"/> count.</summary>
    public required string Id { get; init; }

    /// <summary>Of a classification or a detection the label, of a reconstruction the right decision; null for a regression.</summary>
    public string? Label { get; init; }

    /// <summary>Of a regression the value; null for others.</summary>
    public double? Value { get; init; }

    /// <summary>What the manifest's groups with a <c>field</c> are told by; it is counted, and never sent back or written down.</summary>
    public IReadOnlyDictionary<string, string>? Groups { get; init; }
}
