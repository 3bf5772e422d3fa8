using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The loaded packages of one line: which is trusted, which is on trial, which is in use, and which may go.
/// </summary>
internal sealed class ServedPackages(string line, IUpdateEvents events) : IDisposable
{
    // Given to the device, and not needed any more; they may go once it is seen to use another.
    private readonly List<LoadedPackage> _leaving = [];
    private readonly HashSet<LoadedPackage> _given = [];
    private LoadedPackage? _trusted;
    private LoadedPackage? _candidate;
    private LoadedPackage? _fallback;
    private LoadedPackage? _shadowed;
    private LoadedPackage? _asked;
    private bool _isAsking;

    /// <summary>The package in use, as the device said itself; null for none.</summary>
    public LoadedPackage? Answering { get; private set; }

    /// <summary>How long the trial of the candidate may last; null when there is no candidate.</summary>
    public TimeSpan? TrialLimit => _candidate?.TrialLimit;

    /// <summary>Whether any package is loaded to answer outside of a trial.</summary>
    public bool HasAny => (_trusted ?? _fallback) is not null;

    /// <summary>Whether the trusted package is loaded.</summary>
    public bool HasTrusted(ModelId digest) => _trusted?.Digest == digest;

    /// <summary>The active package is loaded.</summary>
    public void Trust(LoadedPackage loaded)
    {
        Leave(_trusted);
        Leave(_fallback);
        _trusted = loaded;
        _fallback = null;
    }

    /// <summary>No package is active any more.</summary>
    public void TrustNone()
    {
        Leave(_trusted);
        _trusted = null;
    }

    /// <summary>A package is in use from the first moment of this process: as the one that is wanted, or though it is not.</summary>
    /// <param name="isKnown">False where nobody knows what is wanted: then it stays, or the device would leave it again and again.</param>
    public void Begin(LoadedPackage? running, LineState state, bool isKnown)
    {
        if (running is null)
        {
            return;
        }

        if (!isKnown)
        {
            FallBackOn(running);
        }
        else if (state.Serving?.Digest != running.Digest)
        {
            _given.Add(running);
            _asked = running;
            Answering = running;
        }
        else if (state.Phase is Activation.Switching)
        {
            Try(running);
        }
        else
        {
            Trust(running);
        }
    }

    /// <summary>A candidate is loaded.</summary>
    public void Try(LoadedPackage loaded)
    {
        Leave(_candidate);
        _candidate = loaded;
    }

    /// <summary>The configured package is loaded, and answers although it stands in no slot.</summary>
    public void FallBackOn(LoadedPackage loaded)
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

    /// <summary>Asks the device for the package that is to be in use, when that has changed.</summary>
    public void Serve(LineState state)
    {
        ShadowAsOf(state);
        bool switching = state.Phase is Activation.Switching or Activation.Soaking;
        LoadedPackage? wanted = (switching ? _candidate : null) ?? _trusted ?? _fallback;
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

        events.OnActivate(line, wanted, onTrial: wanted == _candidate && Activation.NeedsTrial(state));
    }

    /// <summary>The device uses this package, or none (the default).</summary>
    /// <returns>False when that is not what was asked for last; the news is then older than the question.</returns>
    public bool OnAnswering(ModelId digest)
    {
        if ((_asked?.Digest ?? default) != digest)
        {
            return false;
        }

        _isAsking = false;
        Answering = _asked;
        foreach (LoadedPackage gone in _leaving)
        {
            _given.Remove(gone);
            events.OnRelease(line, gone);
        }

        _leaving.Clear();
        return true;
    }

    /// <summary>Disposes of every package; the sample path must have ended.</summary>
    public void Dispose()
    {
        EndShadow();
        LoadedPackage?[] all = [.. _given, .. _leaving, _trusted, _candidate, _fallback];
        foreach (LoadedPackage loaded in all.OfType<LoadedPackage>().Distinct())
        {
            loaded.Dispose();
        }

        _given.Clear();
        _leaving.Clear();
    }

    // Before the switch the candidate runs beside the trusted package; on trial, the trusted one beside it, which is loaded anyway for an undo.
    private void ShadowAsOf(LineState state)
    {
        if (_candidate is not LoadedModel candidate)
        {
            EndShadow();
        }
        else if (state.Phase is Activation.Shadowing && ShadowTerms.OfCandidate(candidate.Manifest) is ShadowTerms before)
        {
            Shadow(candidate, before);
        }
        else if (state.Phase is Activation.Soaking && (_trusted ?? _fallback) is LoadedModel champion
            && ShadowTerms.OfTrial(candidate.Manifest) is ShadowTerms after)
        {
            Shadow(champion, after);
        }
        else
        {
            EndShadow();
        }
    }

    private void Shadow(LoadedModel wanted, ShadowTerms terms)
    {
        if (wanted != _shadowed)
        {
            _shadowed = wanted;
            events.OnShadow(line, wanted, terms);
        }
    }

    private void EndShadow()
    {
        if (_shadowed is not null)
        {
            _shadowed = null;
            events.OnShadow(line, null, null);
        }
    }

    private void Leave(LoadedPackage? loaded)
    {
        if (loaded is null)
        {
            return;
        }

        if (loaded == _shadowed)
        {
            EndShadow();
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
            events.OnRelease(line, loaded);
        }
    }
}
