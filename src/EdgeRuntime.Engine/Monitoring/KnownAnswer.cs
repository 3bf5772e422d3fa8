namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What is remembered of one answer until its label comes.</summary>
/// <param name="UnixMs">When its sample was taken.</param>
/// <param name="Label">Number of the label that was said; 0 for values.</param>
/// <param name="Score">Of a classification the probability of the positive label, of a reconstruction its error as a score, of a regression the value.</param>
/// <param name="Confidence">Probability of the label that was said; NaN where there is none.</param>
/// <param name="Baseline">What the baseline said: number of a label, or the value; NaN for nothing.</param>
/// <param name="Cell">Its intersection of groups; those that come with the label are still unknown.</param>
/// <param name="Loss">What it is expected to cost; NaN where the reference has no expected loss.</param>
public readonly record struct KnownAnswer(
    long UnixMs, int Label, double Score, double Confidence, double Baseline, int Cell, double Loss = double.NaN);
