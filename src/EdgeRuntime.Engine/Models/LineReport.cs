using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>How one line of packages stands, in words for others.</summary>
internal static class LineReport
{
    /// <summary>As the fleet is told it.</summary>
    /// <param name="answering">The package in use; null for none.</param>
    public static ReportedModel Of(PackageSite site, LineState state, LoadedPackage? answering)
    {
        UpdateOrder? pending = state.Phase.Pending;
        UpdateState rest = state.Last is { } last ? UpdateNews.EndOf(last) : UpdateState.Idle;
        StoredPackage? previous = state.Phase is Activation.Soaking ? state.Active : state.Previous;
        return new ReportedModel
        {
            Name = site.Name,
            Kind = site.Kind == PackageManifest.ModelKind ? null : site.Kind,
            Phase = UpdateNews.StepOf(state.Phase) ?? rest,
            Active = answering is null ? null : new PackageLabel(answering.Digest, answering.Manifest.Version),
            Previous = previous is null ? null : new PackageLabel(previous.Digest, previous.Version),
            Candidate = pending is null ? null : new PackageLabel(pending.Digest, pending.Version),
            Runtime = answering?.Runtime,
        };
    }

    /// <summary>What an undo that somebody asked for came to; a sentence for them.</summary>
    /// <param name="done">Whether it changed anything.</param>
    public static string OfUndo(string name, LineState state, bool done)
    {
        string stays = state.Active?.Version ?? "no package";
        return (done, state.Last) switch
        {
            (false, _) => $"'{name}' has no package before that was once committed, and no update is pending",
            (_, Outcome.Undone end) => $"'{name}' leaves {end.Version} and returns to {stays}",
            _ => $"the pending update of '{name}' is given up; {stays} stays",
        };
    }
}
