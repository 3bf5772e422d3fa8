using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>
/// Judges drift over as many windows as it takes: neighbouring samples resemble each other, so that one short window
/// may hold only a few independent ones, and a verdict on those would be silence or chance.
/// </summary>
/// <remarks>
/// Two sums follow each other: the newer one takes the place of the older when it holds enough by itself. A verdict
/// rests on one to two times <see cref="WindowCounters.SmallestSample"/> effective samples, or on the newest window
/// alone when that is enough. Fixed memory. For the telemetry's thread only.
/// </remarks>
public sealed class DriftHorizon
{
    private readonly double _share;
    private readonly WindowCounters _sum;
    private WindowCounters _older;
    private WindowCounters _newer;

    // Sequence of the first window in each; 0 for an empty one.
    private long _olderSince;
    private long _newerSince;

    /// <summary>Begins without any window.</summary>
    public DriftHorizon(ModelManifest manifest, ReferenceProfile reference)
    {
        _share = reference.EffectiveShare;
        _sum = new WindowCounters(manifest, reference, ledger: null);
        _older = new WindowCounters(manifest, reference, ledger: null);
        _newer = new WindowCounters(manifest, reference, ledger: null);
    }

    /// <summary>Takes one window and judges what is known with it.</summary>
    /// <param name="window">Counters of the same package; not kept.</param>
    /// <param name="sequence">The window's sequence; above 0.</param>
    public DriftVerdict Add(WindowCounters window, long sequence)
    {
        if (IsEnough(window))
        {
            _older.Clear();
            _newer.Clear();
            (_olderSince, _newerSince) = (0, 0);
            return window.Judge() with { FirstWindow = sequence };
        }

        _newerSince = _newerSince == 0 ? sequence : _newerSince;
        long first = _olderSince == 0 ? _newerSince : _olderSince;

        _sum.Clear();
        _sum.Add(_older);
        _sum.Add(_newer);
        _sum.Add(window);
        _newer.Add(window);
        if (IsEnough(_newer))
        {
            (_older, _newer) = (_newer, _older);
            _newer.Clear();
            (_olderSince, _newerSince) = (_newerSince, 0);
        }

        return _sum.Judge(window.Signals) with { FirstWindow = first };
    }

    private bool IsEnough(WindowCounters counters) => counters.Samples * _share >= WindowCounters.SmallestSample;
}
