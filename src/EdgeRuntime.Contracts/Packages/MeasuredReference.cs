using System.Globalization;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How right the model was on data whose truth is known: what the bands around estimates of quality follow from.</summary>
public sealed record MeasuredReference
{
    /// <summary>Answers whose truth was known; at least 1. Required.</summary>
    public required long Answers { get; init; }

    /// <summary>
    /// Share of them whose being right or wrong is worth an independent observation; 0 (exclusive) to 1. Neighbouring samples are wrong
    /// together. (default: 1)
    /// </summary>
    public double EffectiveShare { get; init; } = 1;

    /// <summary>Answers that were right, whatever the label; null for values.</summary>
    public long? Right { get; init; }

    /// <summary>Of the positive label: said, and true. With the three below null for values.</summary>
    public long? TruePositives { get; init; }

    /// <summary>Said, and not true.</summary>
    public long? FalsePositives { get; init; }

    /// <summary>Neither said nor true.</summary>
    public long? TrueNegatives { get; init; }

    /// <summary>True, and not said.</summary>
    public long? FalseNegatives { get; init; }

    /// <summary>Area under the ROC curve of the positive label; null where there is none.</summary>
    public double? Auc { get; init; }

    /// <summary>Standard deviation, over the members of the rarer side, of the share of the other that each is ranked above; null as <see cref="Auc"/>.</summary>
    public double? AucDeviation { get; init; }

    /// <summary>Share of the rarer side among the answers; null as <see cref="Auc"/>.</summary>
    public double? AucShare { get; init; }

    /// <summary>Mean absolute error of values; null for labels.</summary>
    public double? Absolute { get; init; }

    /// <summary>Standard deviation of the magnitudes of the errors; null for labels.</summary>
    public double? AbsoluteDeviation { get; init; }

    internal static MeasuredReference Read(JsonObjectReader measured)
    {
        MeasuredReference read = new()
        {
            Answers = measured.RequiredLong("answers", 1, 1L << 40),
            EffectiveShare = measured.Double("effective_share", 1, JsonObjectReader.AboveZero, 1),
            Right = Count(measured, "right"),
            TruePositives = Count(measured, "true_positives"),
            FalsePositives = Count(measured, "false_positives"),
            TrueNegatives = Count(measured, "true_negatives"),
            FalseNegatives = Count(measured, "false_negatives"),
            Auc = measured.Double("auc", 0, 1),
            AucDeviation = measured.Double("auc_deviation", 0, 1),
            AucShare = measured.Double("auc_share", 0, 1),
            Absolute = measured.Double("absolute", 0, 1e12),
            AbsoluteDeviation = measured.Double("absolute_deviation", 0, 1e12),
        };
        long? counted = read.TruePositives + read.FalsePositives + read.TrueNegatives + read.FalseNegatives;
        bool labels = read.Right is not null;
        if (!measured.IsWrong("answers") && labels && (counted != read.Answers || read.Right > read.Answers))
        {
            measured.Mistake("answers", $"{read.Answers} are not those of true_positives, false_positives, true_negatives and false_negatives, {counted?.ToString(CultureInfo.InvariantCulture) ?? "which are not all there"}, or fewer than were right");
        }

        if (labels == read.AbsoluteDeviation is not null)
        {
            measured.Mistake("right", "is for labels, and absolute_deviation for values: give one of the two");
        }

        return read;
    }

    private static long? Count(JsonObjectReader measured, string name) => measured.Long(name, 0, 1L << 40);
}
