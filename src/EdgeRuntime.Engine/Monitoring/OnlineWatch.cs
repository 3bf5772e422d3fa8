using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Watches the features of one model sample by sample, each with a detector that was calibrated on the reference.</summary>
/// <remarks>
/// The detectors live as long as the package serves, over all windows; what they signal is counted in the window in which they do. All
/// memory is allocated by the constructor. For the serving thread only.
/// </remarks>
public sealed class OnlineWatch
{
    private readonly IDriftDetector[] _detectors;
    private readonly int[] _sources;
    private readonly int[] _features;

    private OnlineWatch(IDriftDetector[] detectors, int[] sources, int[] features) =>
        (_detectors, _sources, _features) = (detectors, sources, features);

    /// <summary>Makes the detectors that a manifest wants; null where it wants none.</summary>
    public static OnlineWatch? Of(ModelManifest manifest, ReferenceProfile reference)
    {
        if (manifest.Monitoring?.Online is not OnlineSpec online)
        {
            return null;
        }

        List<string> values = [.. manifest.Pipeline.ValueNames()];
        List<IDriftDetector> detectors = [];
        List<int> sources = [];
        List<int> features = [];
        for (int i = 0; i < reference.Features.Count; i++)
        {
            ReferenceFeature feature = reference.Features[i];
            if (feature.Online is OnlineReference known && online.Watches(feature.Name))
            {
                detectors.Add(DetectorOf(known));
                sources.Add(values.IndexOf(feature.Name));
                features.Add(i);
            }
        }

        return new OnlineWatch([.. detectors], [.. sources], [.. features]);
    }

    /// <summary>Takes one sample. Allocates nothing.</summary>
    /// <param name="values">The pipeline's values, before scaling.</param>
    /// <param name="unixMs">When the sample was taken.</param>
    /// <param name="window">Counts what is signalled.</param>
    public void Update(ReadOnlySpan<double> values, long unixMs, WindowCounters window)
    {
        for (int i = 0; i < _detectors.Length; i++)
        {
            if (_detectors[i].Update(values[_sources[i]]) == DriftSignal.Drift)
            {
                window.Signals.Add(_features[i], unixMs, 1);
            }
        }
    }

    private static IDriftDetector DetectorOf(OnlineReference known) => new CalibratedDetector
    {
        Detector = known.Detector,
        Model = new AutoregressiveModel(known.Mean, known.Coefficients, known.Deviation, known.Gain),
        Clip = known.Clip,
        ReferenceSamples = known.ReferenceSamples,
        ExpectedRunSamples = known.ExpectedRunSamples,
        Delta = known.Delta,
        Thresholds = known.Thresholds,
        Points = known.Points,
    }.Create();
}
