namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Every target, in the order of names' families.</summary>
internal static class AllTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        .. WrittenFiles.Targets,
        .. TensorFiles.Targets,
        .. ReplayFiles.Targets,
        .. WireMessages.Targets,
        .. WindowReports.Targets,
        .. ReportSketches.Targets,
        .. Clips.Targets,
        .. Deltas.Targets,
        .. Encrypted.Targets,
        .. StateFiles.Targets,
        .. OutboxLogs.Targets,
        .. Packages.Targets,
        .. TufFiles.Targets,
        .. ModelFiles.Targets,
        .. ProofAnswers.Targets,
        .. BroughtFiles.Targets,
    ];

    /// <summary>A target by its name, planted ones included; null when there is none.</summary>
    public static Target? Named(string name) => All.Concat(PlantedFaults.All.Select(planted => planted.Target)).FirstOrDefault(target => target.Name == name);
}
