namespace EdgeRuntime.Bench.Monitoring;

/// <summary>The suite <c>monitoring</c>: what is promised of drift, quality, fairness and explanations, measured.</summary>
internal static class MonitoringSuite
{
    public static int Run(MonitoringOptions options)
    {
        Figures figures = new();
        figures.Add(InferenceSuite.Machine(options.Commit));
        new Subjects(
        [
            ("comparisons", () => ComparisonRows.Add(options.Fixtures, figures)),
            ("counters", () => CounterRows.Add(figures)),
            ("merge", () => MergeRows.Add(figures)),
            ("nist", () => NistRows.Add(options.Material, figures)),
            ("quality", () => QualityRows.Add(options.Fixtures, figures)),
            ("fairness", () => FairnessRows.Add(options.Fixtures, figures)),
            ("detectors", () => DetectorRows.Add(options, figures)),
            ("run-lengths", () => RunLengthRows.Add(figures)),
            ("sensors", () => SensorRows.Add(options, figures)),
            ("faults", () => FaultRows.Add(options, figures)),
            ("explain", () => ExplainRows.Add(options, figures)),
            ("capture", () => CaptureRows.Add(options, figures)),
            ("fuzz", () => FuzzRows.Add(options, figures)),
        ]).Measure(options.Only);
        figures.Save(options.Output);
        figures.Summarize();
        Console.WriteLine($"written to {options.Output}");
        return 0;
    }
}
