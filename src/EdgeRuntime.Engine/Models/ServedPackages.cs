using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The loaded packages of one model: which is trusted, which is on trial, which answers, and which may go.
/// </summary>
internal sealed class ServedPackages(string model, IUpdateEvents events) : IDisposable
{
    private const double ShortestTrialLimit = 10 * 60;
    private const double LongestTrialLimit = 30 * 24 * 3600;

    // Given to the sample path, and not needed any more; they may go once it is seen to answer with another.
    private readonly List<LoadedModel> _leaving = [];
    private readonly HashSet<LoadedModel> _given = [];
    private LoadedModel? _trusted;
    private LoadedModel? _candidate;
    private LoadedModel? _fallback;
    private LoadedModel? _shadowed;
    private LoadedModel? _asked;
    private bool _isAsking;

    /// <summary>The package the sample path answers with, as it said itself; null for none.</summary>
    public LoadedModel? Answering { get; private set; }

    /// <summary>
    /// How long the trial of the candidate may last: ten times what its samples take, and no less than ten minutes;
    /// null
    /// when there is no candidate.
    /// </summary>
    public TimeSpan? TrialLimit
    {
        get
        {
            if (_candidate is null)
            {
                return null;
            }

            PipelineSpec pipeline = _candidate.Manifest.Pipeline;
            double sampleSeconds = pipeline.HopFrames / pipeline.RateHz;
            double windowSeconds = pipeline.WindowFrames / pipeline.RateHz;
            int samples = Math.Max(_candidate.Manifest.Soak.Samples, _candidate.Manifest.Shadow?.Samples ?? 0);
            double expected = windowSeconds + (samples * sampleSeconds);
            return TimeSpan.FromSeconds(Math.Clamp(10 * expected, ShortestTrialLimit, LongestTrialLimit));
        }
    }

    /// <summary>Whether any package is loaded to answer outside of a trial.</summary>
    public bool HasAny => (_trusted ?? _fallback) is not null;

    /// <summary>Whether the trusted package is loaded.</summary>
    public bool HasTrusted(ModelId digest) => _trusted?.Digest == digest;

    /// <summary>The active package is loaded.</summary>
    public void Trust(LoadedModel loaded)
    {
        Leave(_trusted);
        Leave(_fallback);
        _trusted = loaded;
        _fallback = null;
    }

    /// <summary>A candidate is loaded.</summary>
    public void Try(LoadedModel loaded)
    {
        Leave(_candidate);
        _candidate = loaded;
    }

    /// <summary>The configured package is loaded, and answers although it stands in no slot.</summary>
    public void FallBackOn(LoadedModel loaded)
    {
        Leave(_fallback);
        _fallback = loaded;
    }

    /// <summary>
    /// Ends a trial: the candidate is the trusted one from now on, when it is the active package; else it goes.
    /// </summary>
    public void EndTrial(ModelId? active)
    {
        if (_candidate is not { } candidate)
        {
            return;
        }

        _candidate = null;
        if (candidate.Digest == active)
        {
            Trust(candidate);
        }
        else
        {
            Leave(candidate);
        }
    }

    /// <summary>Asks the sample path for the package that is to answer, when that has changed.</summary>
    public void Serve(ModelState state)
    {
        Shadow(state.Phase is Activation.Shadowing ? _candidate : null);
        bool switching = state.Phase is Activation.Switching or Activation.Soaking;
        LoadedModel? wanted = (switching ? _candidate : null) ?? _trusted ?? _fallback;
        if (wanted == _asked)
        {
            return;
        }

        _asked = wanted;
        _isAsking = true;
        if (wanted is not null)
        {
            _given.Add(wanted);
        }

        events.OnActivate(model, wanted, onTrial: wanted == _candidate && Activation.NeedsTrial(state));
    }

    /// <summary>The sample path answers with this package, or with none (the default).</summary>
    /// <returns>False when that is not what was asked for last; the news is then older than the question.</returns>
    public bool OnAnswering(ModelId digest)
    {
        if ((_asked?.Digest ?? default) != digest)
        {
            return false;
        }

        _isAsking = false;
        Answering = _asked;
        foreach (LoadedModel gone in _leaving)
        {
            _given.Remove(gone);
            events.OnRelease(model, gone);
        }

        _leaving.Clear();
        return true;
    }

    /// <summary>Disposes of every package; the sample path must have ended.</summary>
    public void Dispose()
    {
        Shadow(null);
        LoadedModel?[] all = [.. _given, .. _leaving, _trusted, _candidate, _fallback];
        foreach (LoadedModel loaded in all.OfType<LoadedModel>().Distinct())
        {
            loaded.Dispose();
        }

        _given.Clear();
        _leaving.Clear();
    }

    private void Shadow(LoadedModel? wanted)
    {
        if (wanted != _shadowed)
        {
            _shadowed = wanted;
            events.OnShadow(model, wanted);
        }
    }

    private void Leave(LoadedModel? loaded)
    {
        if (loaded is null)
        {
            return;
        }

        if (loaded == _shadowed)
        {
            Shadow(null);
        }

        if (!_given.Contains(loaded))
        {
            loaded.Dispose();
        }
        else if (_isAsking || Answering == loaded)
        {
            _leaving.Add(loaded);
        }
        else
        {
            _given.Remove(loaded);
            events.OnRelease(model, loaded);
        }
    }
}
