using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the <c>output</c> of a manifest.</summary>
internal static class OutputReader
{
    private const int MaxLabels = 4096;
    private const int MaxAnchors = 1_000_000;

    private static readonly string[] Kinds = ["classification", "regression", "reconstruction", "detection"];

    public static OutputSpec Read(JsonObjectReader output)
    {
        OutputSpec spec = new()
        {
            Kind = output.RequiredChoice("kind", Kinds),
            Activation = output.Choice("activation", "softmax", ["softmax", "sigmoid", "none"]),
            Labels = output.Strings("labels", 0, MaxLabels, label => PackageNames.Line(label, 63)),
            Unit = output.String("unit", PackageNames.Unit),
            Detection = output.Object("detection", ReadDetection),
        };

        if (output.IsWrong("kind"))
        {
            // Nothing that depends on the kind can be judged.
            return spec with { Kind = "" };
        }

        bool detection = spec.Kind == "detection";
        if (spec.HasLabels() && spec.Labels.Count < 2)
        {
            output.Mistake("labels", detection
                ? "a detection needs at least 2: one for each class, and last the one for a picture in which nothing is found"
                : "a classification needs at least 2, one for each element of the output");
        }

        if (spec.HasLabels() && spec.Labels.GroupBy(label => label).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            output.Mistake("labels", $"\"{twice.Key}\" stands here twice");
        }

        if (spec.Activation == "sigmoid" && !detection)
        {
            output.Mistake("activation", "sigmoid is only for detection");
        }

        if (detection && !output.Has("detection"))
        {
            output.Mistake("detection", "is missing; it must be an object in { } that says where boxes and scores stand");
        }

        NoteMisplaced(output, "labels", spec.HasLabels() || spec.Labels.Count == 0, "classification");
        NoteMisplaced(output, "activation", spec.HasLabels() || spec.Activation is "softmax" or "sigmoid", "classification");
        NoteMisplaced(output, "unit", spec.Kind == "regression", "regression");
        NoteMisplaced(output, "detection", detection, "detection");
        return spec;
    }

    private static DetectionSpec ReadDetection(JsonObjectReader detection)
    {
        DetectionSpec spec = new()
        {
            Layout = detection.RequiredChoice("layout", ["rows", "columns", "boxes_scores", "found_rows", "found_columns"]),
            Box = detection.RequiredChoice("box", ["center_size", "corners", "corners_yx", "anchor_xy", "anchor_yx"]),
            Units = detection.OptionalChoice("units", ["pixels", "normalized"]),
            Objectness = detection.Has("objectness") ? detection.Bool("objectness", false) : null,
            Background = detection.Has("background") ? detection.Bool("background", false) : null,
            ScoreThreshold = detection.RequiredDouble("score_threshold", 0, 1),
            IouThreshold = detection.Double("iou_threshold", 0, 1),
            ClassAgnostic = detection.Has("class_agnostic") ? detection.Bool("class_agnostic", false) : null,
            Candidates = detection.Int("candidates", 1, 10_000),
            MaxBoxes = detection.Int("max_boxes", 1, 1_000),
            Anchors = detection.Has("anchors") ? detection.RequiredObjects("anchors", ReadLayer, 1, 64) : null,
            Variances = detection.Has("variances") ? detection.Doubles("variances", 4, 4, JsonObjectReader.AboveZero) : null,
        };

        bool anchored = spec.Box is "anchor_xy" or "anchor_yx";
        if (anchored && spec.Anchors is null)
        {
            detection.Mistake("anchors", $"is missing; the box {spec.Box} needs it");
        }

        NoteMisplaced(detection, "anchors", anchored || detection.IsWrong("box"), "the boxes anchor_xy and anchor_yx");
        NoteMisplaced(detection, "variances", anchored || detection.IsWrong("box"), "the boxes anchor_xy and anchor_yx");
        long boxes = spec.Anchors?.Sum(layer => (long)layer.Rows * layer.Columns * layer.Widths.Count) ?? 0;
        if (boxes > MaxAnchors)
        {
            detection.Mistake("anchors", $"they are {boxes} boxes; at most {MaxAnchors} are allowed");
        }

        if (anchored && spec.Units == "pixels")
        {
            detection.Mistake("units", "boxes around anchors are always normalized");
        }

        if (spec.Layout is not ("rows" or "columns") && !detection.IsWrong("layout") && spec.Objectness == true)
        {
            detection.Mistake("objectness", "is only for the layouts rows and columns");
        }

        return spec;
    }

    private static AnchorLayer ReadLayer(JsonObjectReader layer)
    {
        AnchorLayer read = new()
        {
            Rows = layer.RequiredInt("rows", 1, 1024),
            Columns = layer.RequiredInt("columns", 1, 1024),
            Widths = layer.Doubles("widths", 1, 64, JsonObjectReader.AboveZero, 16),
            Heights = layer.Doubles("heights", 1, 64, JsonObjectReader.AboveZero, 16),
        };
        if (read.Widths.Count != read.Heights.Count && !layer.IsWrong("widths") && !layer.IsWrong("heights"))
        {
            layer.Mistake("heights", $"has {read.Heights.Count} entries and widths has {read.Widths.Count}; each box has both");
        }

        return read;
    }

    // A default that stands there in words is no mistake: a manifest that a program wrote spells all of them out.
    private static void NoteMisplaced(JsonObjectReader reader, string name, bool belongs, string to)
    {
        if (!belongs && reader.Has(name))
        {
            reader.Mistake(name, $"is only for {to}");
        }
    }
}
