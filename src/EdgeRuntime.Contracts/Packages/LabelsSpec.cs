using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How truths that come later are joined with answers: <c>down/label</c> brings them by the answer's id.</summary>
public sealed record LabelsSpec
{
    /// <summary>
    /// Newest answers that are remembered, in memory of some 56 bytes each. A label that comes for an older one is counted as too
    /// late. (default: 4096; 16 to 1,048,576)
    /// </summary>
    public int Keep { get; init; } = 4096;

    /// <summary>
    /// The label that precision, recall and the area under the curve are of, and that groups may be denied. Only for a
    /// classification or a detection; a reconstruction's is the decision above. (default: the last label)
    /// </summary>
    public string? Positive { get; init; }

    internal static LabelsSpec Read(JsonObjectReader labels, OutputSpec output)
    {
        LabelsSpec spec = new()
        {
            Keep = labels.Int("keep", 4096, 16, 1 << 20),
            Positive = labels.String("positive"),
        };
        if (spec.Positive is string positive && output.Kind.Length > 0)
        {
            if (!output.HasLabels())
            {
                labels.Mistake("positive", $"is only for classification and detection; this is a {output.Kind}");
            }
            else if (!output.Labels.Contains(positive))
            {
                labels.Mistake("positive", $"\"{positive}\" is no label of the output{Spelling.Hint(positive, output.Labels)}");
            }
        }

        return spec;
    }
}
