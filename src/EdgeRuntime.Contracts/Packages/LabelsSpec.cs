using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How truths that come later are joined with answers: <c>down/label</c> brings them by the answer's id.</summary>
public sealed record LabelsSpec
{
    /// <summary>
    /// Newest answers that are remembered, in memory of some 64 bytes each. A label that comes for an older one is counted as too
    /// late. (default: 4096; 16 to 1,048,576)
    /// </summary>
    public int Keep { get; init; } = 4096;

    /// <summary>
    /// The label that precision, recall and the area under the curve are of, and that groups may be denied. Only for a
    /// classification or a detection; a reconstruction's is the decision above. (default: the last label)
    /// </summary>
    public string? Positive { get; init; }

    /// <summary>
    /// What watches whether answers become wrong more often: <c>ddm</c>, <c>eddm</c>, <c>hddm_a</c>, <c>hddm_w</c> or <c>none</c>. Of
    /// 150,000 labels with a steady error rate of 2 or 5 % the first alarms falsely 30 to 100 times and those by Hoeffding's bound never;
    /// of these <c>hddm_w</c> is soonest where one answer of five is wrong anyway, and blind below. (default: hddm_a)
    /// </summary>
    public string? Detector { get; init; }

    /// <summary>
    /// Values: error beyond which an answer counts as wrong, in the unit of the output; greater than 0. (default: three times the mean
    /// absolute error that the reference measured; where it measured none, nothing watches)
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>The name of <see cref="Detector"/> for nothing that watches.</summary>
    public const string NoDetector = "none";

    /// <summary>By default an error is wrong beyond so many mean absolute errors of the reference.</summary>
    public const double MeasuredErrors = 3;

    /// <summary>The detector's name, by default or not.</summary>
    public string Watching() => Detector ?? "hddm_a";

    internal static LabelsSpec Read(JsonObjectReader labels, OutputSpec output)
    {
        LabelsSpec spec = new()
        {
            Keep = labels.Int("keep", 4096, 16, 1 << 20),
            Positive = labels.String("positive"),
            Detector = labels.OptionalChoice("detector", ["ddm", "eddm", "hddm_a", "hddm_w", NoDetector]),
            Tolerance = labels.Double("tolerance", JsonObjectReader.AboveZero),
        };
        if (spec.Tolerance is not null && output.Kind.Length > 0 && output.Kind != "regression")
        {
            labels.Mistake("tolerance", $"is only for regression; this is a {output.Kind}");
        }

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
