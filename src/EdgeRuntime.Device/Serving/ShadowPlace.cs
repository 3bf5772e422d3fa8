using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>The place beside a model that answers, where one other may run: a candidate, or the model before. For the agent's thread.</summary>
internal sealed class ShadowPlace(SamplePath path) : IDisposable
{
    private ShadowThread? _thread;
    private ShadowThread? _judged;
    private ShadowCounts? _rest;

    /// <summary>The model before, that bears witness in the trial of the one that answers; null where none does.</summary>
    public Shadow? Witness => _thread?.Shadow is { Terms.JudgesAnswering: true } shadow ? shadow : null;

    /// <summary>Runs a model here; the place must be free.</summary>
    /// <param name="failed">Called on its thread when it met an error it does not know.</param>
    public void Start(Shadow shadow, ThreadPlacement placement, Action<Exception> failed)
    {
        _thread = new ShadowThread(shadow, placement, failed);
        path.SetShadow(shadow.Tap);
    }

    /// <summary>Frees the place; the model is not touched any more when this returns.</summary>
    public void Stop()
    {
        if (_thread is ShadowThread thread)
        {
            path.SetShadow(null);
            thread.Dispose();
            _rest = TakeCounts();
            _thread = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    /// <summary>What the run of a candidate came to, once.</summary>
    public SoakVerdict? TakeVerdict(out ModelId digest, out ShadowCounts counts)
    {
        (digest, counts) = (default, ShadowCounts.None);
        if (_thread is not { Shadow.Terms.JudgesAnswering: false } thread || thread == _judged || thread.Shadow.Verdict is not SoakVerdict verdict)
        {
            return null;
        }

        _judged = thread;
        (digest, counts) = (thread.Shadow.Beside.Digest, thread.Shadow.Counts());
        return verdict;
    }

    /// <summary>What was counted since the last call, also of a run that has ended; null where there was none.</summary>
    public ShadowCounts? TakeCounts()
    {
        ShadowCounts? rest = _rest;
        _rest = null;
        return _thread is null ? rest : rest is null ? _thread.TakeCounts() : rest + _thread.TakeCounts();
    }
}
