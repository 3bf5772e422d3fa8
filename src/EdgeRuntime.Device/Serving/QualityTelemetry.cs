using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// What is told of how right one serving model is: what labels said, what is expected without them, and how groups fare. Keeps what is
/// sensitive out of messages. For the agent's thread only.
/// </summary>
internal sealed class QualityTelemetry
{
    private readonly ModelManifest _manifest;
    private readonly AnswerWatch? _watch;
    private readonly LabelJoin? _join;
    private readonly LossReport? _loss;
    private readonly EstimateReport _estimates;
    private readonly SensitiveFields _sensitive;

    /// <summary>Begins for a model that has just taken over.</summary>
    /// <param name="watch">What its sample path does for this; null for nothing.</param>
    public QualityTelemetry(LoadedModel package, AnswerWatch? watch)
    {
        _manifest = package.Manifest;
        _watch = watch;
        _join = watch?.Ledger is null ? null : new LabelJoin(watch, package.Reference);
        _loss = LossReport.For(package.Reference);
        _estimates = new EstimateReport(package.Manifest, package.Reference);
        _sensitive = SensitiveFields.Of(package.Manifest);
    }

    /// <summary>Takes a label of one of its model's answers.</summary>
    /// <returns>False when the package takes none.</returns>
    public bool Take(in AnswerId id, TrueLabel label, MessageStamp stamp)
    {
        _join?.Take(id, label, stamp.Boot, stamp.UnixMs);
        return _join is not null;
    }

    /// <summary>A window's message with all that is to be said of quality.</summary>
    /// <param name="window">What it was made of.</param>
    public WindowMessage Complete(WindowMessage message, WindowCounters window)
    {
        WindowMessage told = message with
        {
            Features = [.. message.Features.Select(_sensitive.Told)],
            Quality = _join?.TakeQuality(),
            Expected = window.Answers?.Expected is { Total: > 0 } expected ? AnswerCounts.ToTally(expected) : null,
            Loss = _loss?.Of(message.Features, message.Samples),
            Groups = _watch is null ? null : GroupReport.Of(_watch, _manifest, window.Answers, _join?.TakeGroups() ?? []),
        };
        return told with { Estimates = _estimates.Of(told) };
    }

    /// <summary>Whether the value of a feature may be told.</summary>
    public bool MayTell(string feature) => !_sensitive.Features.Contains(feature);
}
