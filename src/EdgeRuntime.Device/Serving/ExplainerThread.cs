using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Device.Serving;

/// <summary>Explains samples one after the other, on a thread that every other goes before, with a copy of the model of its own.</summary>
/// <remarks>The copy stays loaded for a while, since explanations come in groups, and goes when another is needed or none was for long.</remarks>
internal sealed class ExplainerThread : IDisposable
{
    private const int MostWaiting = 16;
    private static readonly TimeSpan KeepLoaded = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<ExplainerJob> _jobs = new(MostWaiting);
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private LoadedModel? _copy;
    private ModelExplainer? _explainer;

    /// <summary>Starts at once.</summary>
    /// <param name="placement">Starts the thread beside the sample paths' cores.</param>
    /// <param name="failed">Called, on this thread, when an explanation met an error it does not know.</param>
    public ExplainerThread(ThreadPlacement placement, Action<Exception> failed)
    {
        _failed = failed;
        _thread = new Thread(Run) { Name = "explainer", IsBackground = true };
        placement.Start(_thread);
    }

    /// <summary>Queues one.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryAdd(ExplainerJob job) => _jobs.TryAdd(job);

    /// <summary>Ends after the explanation in hand, without waiting for it.</summary>
    public void Dispose() => _jobs.CompleteAdding();

    private void Run()
    {
        try
        {
            Kernel.NameThread("explainer");
            _ = Kernel.SetPolicy(0, Kernel.Policy.Idle, 0);
            while (!_jobs.IsCompleted)
            {
                if (_jobs.TryTake(out ExplainerJob? job, _copy is null ? Timeout.InfiniteTimeSpan : KeepLoaded))
                {
                    ExplanationReport? report = Explain(job, out int inferences, out string objection);
                    job.Done(report, inferences, objection);
                }
                else
                {
                    Unload();
                }
            }
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
        finally
        {
            Unload();
        }
    }

    private ExplanationReport? Explain(ExplainerJob job, out int inferences, out string objection)
    {
        inferences = 0;
        (ExplainedSample? sample, CapturedClip? clip, objection) = job.Find();
        if (sample is null || !TryLoad(job, out objection))
        {
            return null;
        }

        if (_explainer!.Plan(job.MostInferences, job.Method) is AttributionPlan plan)
        {
            inferences = plan.Cost;
            ExplanationReport? report = _explainer.Explain(sample, plan, job.Seed, out objection);
            if (report is not null && clip is not null && ClipSample.Contradiction(clip, report) is string wrong)
            {
                (report, objection) = (null, wrong);
            }

            return report;
        }

        objection = $"{_explainer.Groups.Count} groups need at least {_explainer.Least(job.Method)} inferences, and {job.MostInferences} are allowed now";
        return null;
    }

    private bool TryLoad(ExplainerJob job, out string objection)
    {
        objection = "";
        ModelId wanted = job.Package;
        if (_copy?.Digest == wanted)
        {
            return true;
        }

        Unload();
        job.Load.Run();
        if (job.Load.TakeLoaded(out string refusal) is not LoadedModel loaded)
        {
            objection = $"a second copy of the model cannot be loaded: {refusal}";
            return false;
        }

        ImageMapping? mapping = PipelineBinding.TryBind(loaded.Manifest, job.Site, out IPipeline? pipeline, out _)
            ? (pipeline as ImagePipeline)?.Mapping
            : null;
        _copy = loaded;
        _explainer = new ModelExplainer(loaded.Manifest, loaded.Reference, loaded.Call, mapping);
        return true;
    }

    private void Unload()
    {
        _copy?.Dispose();
        (_copy, _explainer) = (null, null);
    }
}

/// <summary>One explanation to be made.</summary>
/// <param name="Package">The package that answered.</param>
/// <param name="Find">Gives the sample, with the clip it was found in where it comes from one; or null and why there is none.</param>
/// <param name="Load">Loads the model where it is not loaded yet.</param>
/// <param name="Site">What feeds it.</param>
/// <param name="Method">As in a manifest; null for the manifest's.</param>
/// <param name="Done">Called on the explainer's thread with the report, or null, with how often the model was asked, and with why there is none.</param>
internal sealed record ExplainerJob(
    ModelId Package, Func<(ExplainedSample? Sample, CapturedClip? Clip, string Objection)> Find, VerificationJob Load, ModelSite Site, int MostInferences,
    string? Method, int Seed, Action<ExplanationReport?, int, string> Done);
