namespace EdgeRuntime.Bench.Monitoring;

/// <summary>What tools/bench found and made for the suite; every path is a file or directory that exists.</summary>
internal sealed record MonitoringOptions
{
    /// <summary>Where the rows are written.</summary>
    public required string Output { get; init; }

    /// <summary>Which commit is measured.</summary>
    public string Commit { get; init; } = "unknown";

    /// <summary>The built edgectl; null when there is none.</summary>
    public string? Ctl { get; init; }

    /// <summary>The published edge-device; null when there is none.</summary>
    public string? Device { get; init; }

    /// <summary>The test material; null where it is absent.</summary>
    public string? Material { get; init; }

    /// <summary>The directory of the reference values that the tests of EdgeRuntime.Statistics read; null when it is absent.</summary>
    public string? Fixtures { get; init; }

    /// <summary>The directory of the demonstration packages; null when it is absent.</summary>
    public string? Packages { get; init; }

    /// <summary>The ONNX Runtime library; null where it is found by itself.</summary>
    public string? Library { get; init; }

    /// <summary>tools/fuzz; null to leave fuzzing out.</summary>
    public string? Fuzz { get; init; }

    /// <summary>Inputs to fuzz with; null for a few seconds of each target.</summary>
    public string? FuzzInputs { get; init; }

    /// <summary>The one subject that is measured, such as <c>detectors</c>; null for all of them.</summary>
    public string? Only { get; init; }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="BenchException">One is missing.</exception>
    public static MonitoringOptions Parse(string[] words)
    {
        string? Given(string name)
        {
            int at = Array.IndexOf(words, name);
            return at >= 0 && at + 1 < words.Length && words[at + 1].Length > 0 ? words[at + 1] : null;
        }

        return new MonitoringOptions
        {
            Output = Given("--output") ?? throw new BenchException("--output is missing; tools/bench gives it"),
            Commit = Given("--commit") ?? "unknown",
            Ctl = Given("--ctl"),
            Device = Given("--device"),
            Material = Given("--material"),
            Fixtures = Given("--fixtures"),
            Packages = Given("--packages"),
            Library = Given("--library"),
            Fuzz = Given("--fuzz"),
            FuzzInputs = Given("--fuzz-inputs"),
            Only = Given("--only"),
        };
    }
}
