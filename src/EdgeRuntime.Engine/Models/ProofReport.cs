using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>What came of proving a candidate.</summary>
public sealed record ProofReport
{
    /// <summary>Why it may not serve, as a sentence; null when it may.</summary>
    public string? Refusal { get; init; }

    /// <summary>The same for code; meaningless when it may serve.</summary>
    public PackageFault Fault { get; init; }

    /// <summary>Inferences that were timed.</summary>
    public int Runs { get; init; }

    /// <summary>Median of their processor time, milliseconds.</summary>
    public double MedianMs { get; init; }

    /// <summary>99th percentile of the same; with few runs the slowest but one.</summary>
    public double P99Ms { get; init; }

    /// <summary>Most memory that was resident, bytes; 0 where it was not measured.</summary>
    public long PeakBytes { get; init; }

    /// <summary>One sentence for each part of the isolation that this kernel does not grant; empty when it grants all.</summary>
    public IReadOnlyList<string> Gaps { get; init => field = value ?? []; } = [];
}

/// <summary>
/// Runs a candidate where it can do no harm. Two kinds exist: a child process with limits, and this very process for tests and
/// simulation.
/// </summary>
/// <param name="package">Signed by a trusted key, and whole.</param>
/// <exception cref="ProverException">It could not be proved, through no fault of its own.</exception>
public delegate ProofReport PackageProver(ModelPackage package);

/// <summary>A candidate could not be proved, through no fault of its own: the same bytes may be tried again.</summary>
/// <param name="message">A sentence for people.</param>
public sealed class ProverException(string message) : Exception(message);
