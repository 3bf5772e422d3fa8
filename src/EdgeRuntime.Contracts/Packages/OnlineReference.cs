using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a device needs to watch one feature sample by sample: made offline of the reference's own rows, so that the device only
/// compares.
/// </summary>
public sealed record OnlineReference
{
    private const int MostCoefficients = 12;
    private const int MostThresholds = 512;
    private const int MostPoints = 250;

    /// <summary>The detector it was made for: that of the manifest's <c>monitoring.online</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>Samples between two false alarms, on average, that it was made for.</summary>
    public required double ExpectedRunSamples { get; init; }

    /// <summary>Mean of the reference.</summary>
    public required double Mean { get; init; }

    /// <summary>How a value follows from those before it (autoregression), for the newest first; at most 12, none for independent values.</summary>
    public IReadOnlyList<double> Coefficients { get; init; } = [];

    /// <summary>Standard deviation of what is left, the residuals; greater than 0.</summary>
    public required double Deviation { get; init; }

    /// <summary>By how many of those deviations the residuals move when the level moves by one deviation of the reference; greater than 0.</summary>
    public required double Gain { get; init; }

    /// <summary>Residuals are kept within so many deviations on both sides; greater than 0.</summary>
    public required double Clip { get; init; }

    /// <summary>Residuals that the reference had.</summary>
    public required long ReferenceSamples { get; init; }

    /// <summary>Of <c>page_hinkley</c>: the deviation that is forgiven, half of the smallest lasting shift that is worth an alarm; 0 or more.</summary>
    public double Delta { get; init; }

    /// <summary>
    /// One of <c>page_hinkley</c>; of <c>cvm</c> by the number of samples since it began, the last for all later ones; none of
    /// <c>adwin</c>.
    /// </summary>
    public IReadOnlyList<double> Thresholds { get; init; } = [];

    /// <summary>Of <c>cvm</c>: residuals that stand for the reference, ascending; at most 250.</summary>
    public IReadOnlyList<double> Points { get; init; } = [];

    /// <summary>Reads <c>online</c> of a feature.</summary>
    internal static OnlineReference Read(JsonObjectReader online)
    {
        OnlineReference read = new()
        {
            Detector = online.RequiredChoice("detector", OnlineSpec.Detectors),
            ExpectedRunSamples = online.RequiredDouble("expected_run_samples", 1),
            Mean = online.RequiredDouble("mean"),
            Coefficients = online.Doubles("coefficients", 0, MostCoefficients),
            Deviation = online.RequiredDouble("deviation", JsonObjectReader.AboveZero),
            Gain = online.RequiredDouble("gain", JsonObjectReader.AboveZero),
            Clip = online.RequiredDouble("clip", JsonObjectReader.AboveZero),
            ReferenceSamples = online.RequiredLong("reference_samples", 1, long.MaxValue),
            Delta = online.Double("delta", 0, 0, double.MaxValue),
            Thresholds = online.Doubles("thresholds", 0, MostThresholds),
            Points = online.Doubles("points", 0, MostPoints),
        };
        int wanted = read.Detector switch { "page_hinkley" => 1, "cvm" => 2, _ => 0 };
        if (read.Thresholds.Count < wanted || (wanted < 2 && read.Thresholds.Count > wanted))
        {
            online.Mistake("thresholds", $"has {read.Thresholds.Count} entries; {read.Detector} takes {(wanted < 2 ? $"{wanted}" : "at least 2")}");
        }

        if (read.Detector == "cvm" ? read.Points.Count < 2 : read.Points.Count > 0)
        {
            online.Mistake("points", read.Detector == "cvm" ? "has fewer than the 2 that cvm needs" : "are only for cvm");
        }

        for (int i = 1; i < read.Points.Count; i++)
        {
            if (read.Points[i] < read.Points[i - 1])
            {
                online.Mistake("points", i, null, $"{read.Points[i]} is below the point before, {read.Points[i - 1]}");
            }
        }

        return read;
    }
}
