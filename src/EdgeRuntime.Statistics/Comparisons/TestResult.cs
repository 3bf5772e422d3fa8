namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>What a test of two samples came to.</summary>
/// <param name="Statistic">As the test defines it.</param>
/// <param name="PValue">Chance of such a statistic or one further out between samples of one source, 0 to 1.</param>
public readonly record struct TestResult(double Statistic, double PValue);
