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
        .. Packages.Targets,
        .. ModelFiles.Targets,
    ];
}
