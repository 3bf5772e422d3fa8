namespace EdgeRuntime.Bench;

/// <summary>What tools/bench found and made for the suite; every path is a file that exists.</summary>
internal sealed record UpdatesOptions
{
    /// <summary>Where the rows are written.</summary>
    public required string Output { get; init; }

    /// <summary>Which commit is measured.</summary>
    public string Commit { get; init; } = "unknown";

    /// <summary>The published edge-device; null when there is none.</summary>
    public string? Device { get; init; }

    /// <summary>A configuration of that device, whose <c>state_dir</c> is <c>state</c> beside it; null when none could be made.</summary>
    public string? DeviceConfiguration { get; init; }

    /// <summary>The built edgectl; null when there is none.</summary>
    public string? Ctl { get; init; }

    /// <summary>The test material; null where it is absent.</summary>
    public string? Material { get; init; }

    /// <summary>The repository, where building it is to be measured too; null where it is not.</summary>
    public string? Repository { get; init; }

    /// <summary>The built edge-simulator; null when there is none.</summary>
    public string? Simulator { get; init; }

    /// <summary>The directory of the demonstration packages; null when it is absent.</summary>
    public string? Packages { get; init; }

    /// <summary>The directory of a model's package and of what became of it with more data; null when it is absent.</summary>
    public string? Lineage { get; init; }

    /// <summary>The one subject that is measured, such as <c>transfer</c>; null for all of them.</summary>
    public string? Only { get; init; }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="BenchException">One is missing.</exception>
    public static UpdatesOptions Parse(string[] words)
    {
        string? Given(string name)
        {
            int at = Array.IndexOf(words, name);
            return at >= 0 && at + 1 < words.Length && words[at + 1].Length > 0 ? words[at + 1] : null;
        }

        return new UpdatesOptions
        {
            Output = Given("--output") ?? throw new BenchException("--output is missing; tools/bench gives it"),
            Commit = Given("--commit") ?? "unknown",
            Device = Given("--device"),
            DeviceConfiguration = Given("--device-configuration"),
            Ctl = Given("--ctl"),
            Material = Given("--material"),
            Simulator = Given("--simulator"),
            Repository = Given("--repository"),
            Packages = Given("--packages"),
            Lineage = Given("--lineage"),
            Only = Given("--only"),
        };
    }
}

/// <summary>The suite <c>updates</c>: what of model updates and of telemetry is promised, measured.</summary>
internal static class UpdatesSuite
{
    public static int Run(UpdatesOptions options)
    {
        string scratch = Directory.CreateTempSubdirectory("edge-bench-").FullName;
        Figures figures = new();
        try
        {
            figures.Add(InferenceSuite.Machine(options.Commit));
            new Subjects(
            [
                ("stranger", () => StrangerRows.Add(options, options.Repository, figures, scratch)),
                ("signing", () => SigningRows.Add(options.Ctl, options.Material, figures)),
                ("torture", () => TortureRows.Add(options.Simulator, options.Output, figures)),
                ("outbox", () => OutboxRows.Add(options, figures, scratch)),
                ("delta", () => DeltaRows.Add(options, figures, scratch)),
                ("loopback", () => LoopbackRows.Add(options, figures, scratch)),
                ("transfer", () => TransferRows.Add(options, figures, scratch)),
                ("network", () => NetworkRows.Add(options, figures, scratch)),
                ("encryption", () => EncryptionRows.Add(options, figures, scratch)),
                ("bad-models", () => BadModelRows.Add(options, figures, scratch)),
                ("undo", () => UndoRows.Add(options, figures, scratch)),
                ("shadow", () => ShadowRows.Add(options, figures, scratch)),
                ("runtime", () => RuntimeRows.Add(options, figures, scratch)),
                ("swaps", () => SwapRows.Add(options, figures, scratch)),
            ]).Measure(options.Only);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        figures.Save(options.Output);
        figures.Summarize();
        Console.WriteLine($"written to {options.Output}");
        return 0;
    }
}
