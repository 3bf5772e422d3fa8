using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>How far one window lies from its package's reference.</summary>
public static class WindowDrift
{
    /// <summary>
    /// Largest ratio of a statistic to its bound over features and predictions; above 1 is drift. 0 where the
    /// device states no threshold, which it does when the window is too small for a verdict.
    /// </summary>
    public static double Ratio(WindowMessage window)
    {
        double largest = Of(window.Predictions.Psi, window.Predictions.Threshold);
        foreach (FeatureCounts feature in window.Features)
        {
            largest = Math.Max(largest, feature.Test?.Ratio ?? Of(feature.Psi, feature.Threshold));
            largest = Math.Max(largest, feature.Signals is FeatureSignals signals ? 1 + signals.Count : 0);
        }

        return largest;
    }

    /// <summary>True when one index lies above its threshold.</summary>
    public static bool IsDrifting(double psi, double threshold) => Of(psi, threshold) > 1;

    private static double Of(double psi, double threshold) =>
        threshold > 0 && double.IsFinite(psi) ? psi / threshold : 0;
}
