namespace EdgeRuntime.Contracts.Packages;

/// <summary>What the model's output means.</summary>
public sealed record OutputSpec
{
    /// <summary><c>classification</c>, <c>regression</c>, <c>reconstruction</c> or <c>detection</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// For classification: <c>softmax</c> when the output holds logits, <c>none</c> when it holds probabilities. For
    /// detection, of a box's class scores: <c>softmax</c>, <c>sigmoid</c> or <c>none</c>. (default: softmax)
    /// </summary>
    public string Activation { get; init; } = "softmax";

    /// <summary>
    /// For classification one label per element, at least 2. For detection one per class, and last the label of a
    /// picture in which nothing is found.
    /// </summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>For regression the UCUM unit of the value.</summary>
    public string? Unit { get; init; }

    /// <summary>For detection: where boxes and scores stand in the output.</summary>
    public DetectionSpec? Detection { get; init; }

    /// <summary>True when an answer is one of <see cref="Labels"/>: a classification or a detection.</summary>
    public bool HasLabels() => Kind is "classification" or "detection";

    /// <summary>
    /// What a truth may be: the labels; for a reconstruction its two decisions, the one above last. Empty for a regression, whose
    /// truths are values.
    /// </summary>
    public IReadOnlyList<string> Answers(DecisionSpec decision) =>
        HasLabels() ? Labels : Kind == "reconstruction" ? [decision.Below, decision.Above] : [];
}

/// <summary>Where boxes and scores of an object detector stand in its output, and which of them count.</summary>
/// <remarks>
/// With N candidates and C classes (one less than <see cref="OutputSpec.Labels"/>). Class scores are multiplied with the
/// objectness where there is one. Boxes below the threshold are dropped, at most <see cref="Candidates"/> of the best
/// are kept; then, from the best down, a box falls when it overlaps one already kept by more than the allowed
/// intersection over union (greedy non-maximum suppression).
/// </remarks>
public sealed record DetectionSpec
{
    /// <summary>
    /// <c>rows</c>: [N, 4 + C], one candidate after the other; <c>columns</c>: [4 + C, N], as YOLOv8 exports;
    /// <c>boxes_scores</c>: [N, 4] and then [N, C], one or two tensors. With <see cref="Objectness"/> one more value
    /// before the classes, as YOLOv5 exports. Of models that suppress boxes themselves, each with one score and the number
    /// of its class: <c>found_rows</c>: [N, 6], box, score, class; <c>found_columns</c>: boxes [N, 4], then classes [N],
    /// then scores [N], three tensors, as TensorFlow's detectors export.
    /// </summary>
    public required string Layout { get; init; }

    /// <summary>
    /// What the four values of a box are: <c>center_size</c> (x, y, width, height), <c>corners</c> (left, top, right,
    /// bottom), <c>corners_yx</c> (top, left, bottom, right), <c>anchor_xy</c> or <c>anchor_yx</c> (offsets from
    /// <see cref="Anchors"/>, x first or y first).
    /// </summary>
    public required string Box { get; init; }

    /// <summary>Unit of the boxes: <c>pixels</c> of the model's input, or <c>normalized</c>, 0 to 1. (default: pixels)</summary>
    public string? Units { get; init; }

    /// <summary>True when the fifth value of a candidate is the probability that there is any object. (default: false)</summary>
    public bool? Objectness { get; init; }

    /// <summary>True when class scores begin with one for the background, which has no label. (default: false)</summary>
    public bool? Background { get; init; }

    /// <summary>Score below which a box is nothing; 0 to 1.</summary>
    public required double ScoreThreshold { get; init; }

    /// <summary>Intersection over union above which the worse of two boxes falls; 0 to 1. (default: 0.45)</summary>
    public double? IouThreshold { get; init; }

    /// <summary>True when boxes of different classes suppress each other too. (default: false)</summary>
    public bool? ClassAgnostic { get; init; }

    /// <summary>Candidates that suppression looks at, the best ones; 1 to 10000. (default: 1000)</summary>
    public int? Candidates { get; init; }

    /// <summary>Boxes kept, the best ones; 1 to 1000. (default: 100)</summary>
    public int? MaxBoxes { get; init; }

    /// <summary>Default boxes of a single shot detector, layer by layer in the order of the candidates.</summary>
    public IReadOnlyList<AnchorLayer>? Anchors { get; init; }

    /// <summary>
    /// Factors of the offsets (x, y, width, height): a box's centre is <c>anchor + offset factor size</c>, its size
    /// <c>size exp(offset factor)</c>, as in the SSD paper. (default: 0.1, 0.1, 0.2, 0.2)
    /// </summary>
    public IReadOnlyList<double>? Variances { get; init; }

    /// <summary>True when a candidate has one score and the number of its class, and not a score for each class.</summary>
    public bool NamesItsClass() => Layout.StartsWith("found", StringComparison.Ordinal);

    /// <summary>Values of one candidate.</summary>
    /// <param name="labels">As many as <see cref="OutputSpec.Labels"/>.</param>
    public int Values(int labels) =>
        NamesItsClass() ? 6 : (Objectness == true ? 5 : 4) + labels - 1 + (Background == true ? 1 : 0);
}

/// <summary>Default boxes around the centres of the cells of one grid: row by row, in each cell all sizes in their order.</summary>
public sealed record AnchorLayer
{
    /// <summary>Rows of the grid; 1 to 1024.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of the grid; 1 to 1024.</summary>
    public required int Columns { get; init; }

    /// <summary>Widths of the boxes, as shares of the picture's; 1 to 64.</summary>
    public required IReadOnlyList<double> Widths { get; init; }

    /// <summary>Heights of the boxes, as shares of the picture's; as many.</summary>
    public required IReadOnlyList<double> Heights { get; init; }
}
