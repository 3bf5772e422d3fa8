using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Adds the sketches of two windows, exactly.</summary>
internal static class QuantileMerging
{
    /// <summary>True when both can be added, or neither is there.</summary>
    public static bool AreAlike(QuantileCounts? one, QuantileCounts? other) => one is null
        ? other is null
        : other is not null && one.Accuracy.Equals(other.Accuracy) && one.Classes == other.Classes
            && one.Accuracy is >= 1e-4 and <= 0.5 && one.Classes is >= 16 and <= 4096 && int.IsPow2(one.Classes)
            && FeatureReport.SketchOf(one).Complaint(one.Classes) is null && FeatureReport.SketchOf(other).Complaint(one.Classes) is null;

    /// <summary>Both sketches together; null where neither is there.</summary>
    public static QuantileCounts? Sum(QuantileCounts? one, QuantileCounts? other)
    {
        if (one is null || other is null)
        {
            return null;
        }

        DDSketch sum = new(one.Accuracy, one.Classes);
        FeatureReport.SketchOf(one).AddTo(sum);
        FeatureReport.SketchOf(other).AddTo(sum);
        return FeatureReport.Of(sum);
    }
}
