using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// What an <see cref="UpdateAgent"/> asks of its device. Two kinds exist: the host, and the simulated device.
/// </summary>
/// <remarks>
/// Called within the agent's own methods, on their thread. Must not call back into the agent before they return.
/// </remarks>
public interface IUpdateEvents
{
    /// <summary>Asks the manager for chunks. May be dropped: what does not come is asked for again.</summary>
    void OnRequest(in ChunkRequest request);

    /// <summary>
    /// Asks an address for chunks. What comes goes to <see cref="UpdateAgent.OnChunk"/>, and a failure to
    /// <see cref="UpdateAgent.OnCarrierFailed"/>.
    /// </summary>
    void OnRangeRequest(in ChunkRequest request, string address);

    /// <summary>
    /// Asks the repository of metadata for a file. What comes goes to <see cref="UpdateAgent.OnMetadataFile"/>, and a failure to
    /// <see cref="UpdateAgent.OnMetadataFailed"/>; one of them must. One file at a time, and only where
    /// <see cref="AgentParts.HasRepository"/>.
    /// </summary>
    /// <param name="limit">Longest file that is wanted, bytes; one byte more is enough to show that it is longer.</param>
    void OnMetadataWanted(string name, int limit);

    /// <summary>Nothing of a transfer is wanted any more; what was asked for may be given up.</summary>
    void OnTransferEnded(string transfer);

    /// <summary>
    /// Tells the fleet a step or the progress of an update. One with an <see cref="UpdateStep.End"/> is to be given
    /// back
    /// to <see cref="UpdateAgent.OnTold"/> once it is on the disk or with the broker; else it is told again after the next start.
    /// </summary>
    void OnStep(UpdateStep step);

    /// <summary>
    /// Wants <see cref="VerificationJob.Run"/> called on another thread, and the job given to
    /// <see cref="UpdateAgent.OnVerified"/> afterwards. One at a time for each line.
    /// </summary>
    void OnVerify(VerificationJob job);

    /// <summary>
    /// Wants a package to be put to use, a model to answer from the next sample on; <see cref="UpdateAgent.OnActivated"/> is to be
    /// called when it is, or <see cref="UpdateAgent.OnActivationFailed"/> when it cannot be. The package must not be disposed of
    /// before <see cref="OnRelease"/>: an undo activates the one before again.
    /// </summary>
    /// <param name="line">Name of the line.</param>
    /// <param name="package">Of the line's kind; null when none may be in use any more, and the answer is then
    /// <c>OnActivated(line, default)</c>.</param>
    /// <param name="onTrial">True when the device is to judge it, a model by a <see cref="SoakTrial"/>; the verdict goes to
    /// <see cref="UpdateAgent.OnSoakVerdict"/>.</param>
    void OnActivate(string line, LoadedPackage? package, bool onTrial);

    /// <summary>
    /// Wants a model to run beside the one that answers: a candidate, whose verdict goes to <see cref="UpdateAgent.OnShadowVerdict"/>; or,
    /// where <see cref="ShadowTerms.JudgesAnswering"/>, the model before, whose witness is a part of the trial's verdict. Or wants that to
    /// end: then the package is not touched any more when the call returns.
    /// </summary>
    /// <param name="package">Null, as the terms, to end it, also where none runs.</param>
    void OnShadow(string line, LoadedModel? package, ShadowTerms? terms);

    /// <summary>
    /// A package that was activated is not needed any more, and the device has left it: dispose of it.
    /// </summary>
    void OnRelease(string line, LoadedPackage package);

    /// <summary>What <see cref="UpdateAgent.Report"/> says has changed.</summary>
    void OnReportedChanged();

    /// <summary>Something a person may want to know.</summary>
    /// <param name="line">Name of the line it concerns, or null.</param>
    /// <param name="detail">One sentence.</param>
    void OnNotice(EventSeverity severity, string? line, string detail);
}

/// <summary>
/// One step, or the progress, of one update: an <see cref="UpdateMessage"/> without what every message carries.
/// </summary>
/// <param name="Line">Name of the line.</param>
/// <param name="Deployment">The rollout; <see cref="UpdateOrder.ConfiguredDeployment"/> for a package of the
/// configuration.</param>
/// <param name="Generation">Generation of the desired state.</param>
/// <param name="Digest">The package.</param>
/// <param name="State">The step reached.</param>
public sealed record UpdateStep(string Line, string Deployment, long Generation, ModelId Digest, UpdateState State)
{
    /// <summary>Why, for an end that is not a commit.</summary>
    public string? Reason { get; init; }

    /// <summary>How far the download is, for progress; null for a step.</summary>
    public DownloadProgress? Progress { get; init; }

    /// <summary>How often the package and the one before said the same, at the end of their time side by side; else null.</summary>
    public ShadowCounts? Shadow { get; init; }

    /// <summary>The end of the update that this step tells, or null.</summary>
    public Outcome? End { get; init; }
}

/// <summary>How far a download is.</summary>
/// <param name="Percent">Share of the bytes that are here and right, 0 to 100.</param>
/// <param name="Bytes">Those bytes.</param>
/// <param name="BytesPerSecond">Since the download began, or went on after a restart.</param>
public readonly record struct DownloadProgress(double Percent, long Bytes, double BytesPerSecond);
