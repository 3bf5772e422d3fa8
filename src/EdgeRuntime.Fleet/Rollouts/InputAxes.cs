using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>The features in which windows of an old and a new package can be compared, though their references differ.</summary>
/// <remarks>
/// Both packages must compute the feature in the same way before scaling. A window's place on the axis is the mean of its
/// bins' middles (the outer bins at their edge), as a multiple of the range of the new package's edges; a feature with a
/// single edge needs the same edge in both, and its place is the share above.
/// </remarks>
internal sealed class InputAxes
{
    private readonly List<string> _features = [];
    private readonly Dictionary<ModelId, IReadOnlyList<double[]>> _places = [];

    public InputAxes(StoredPackage package, IReadOnlyDictionary<ModelId, StoredPackage> olds)
    {
        Labels = [.. olds.Values.Append(package).SelectMany(p => p.Model?.Output.Labels ?? []).Distinct()];
        StoredPackage[] all = [package, .. olds.Values];
        foreach (ReferenceFeature feature in package.Reference?.Features ?? [])
        {
            if (all.All(other => IsSame(package, other, feature.Name)))
            {
                _features.Add(feature.Name);
            }
        }

        foreach (StoredPackage each in all)
        {
            _places[each.Digest] = [.. _features.Select(name => Places(Feature(each, name)!, Feature(package, name)!))];
        }
    }

    /// <summary>Labels of all packages, those of the oldest first.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Where a window's inputs lie; null when its package or its features cannot be compared.</summary>
    public InputRegime? Place(WindowMessage window)
    {
        if (_features.Count == 0 || Labels.Count == 0 || !_places.TryGetValue(window.Digest, out IReadOnlyList<double[]>? places))
        {
            return null;
        }

        Dictionary<string, FeatureCounts> features = window.Features.ToDictionary(feature => feature.Name);
        double[] position = new double[_features.Count];
        for (int i = 0; i < position.Length; i++)
        {
            if (!features.TryGetValue(_features[i], out FeatureCounts? counts) || counts.Counts.Count != places[i].Length)
            {
                return null;
            }

            position[i] = Mean(counts.Counts, places[i]);
        }

        long[] predictions = new long[Labels.Count];
        for (int i = 0; i < window.Predictions.Labels.Count; i++)
        {
            int at = Labels.ToList().IndexOf(window.Predictions.Labels[i]);
            if (at >= 0)
            {
                predictions[at] += window.Predictions.Counts[i];
            }
        }

        return new InputRegime(position, predictions);
    }

    private static bool IsSame(StoredPackage package, StoredPackage other, string name)
    {
        (FeatureSpec? mine, FeatureSpec? theirs) = (Spec(package, name), Spec(other, name));
        (ReferenceFeature? here, ReferenceFeature? there) = (Feature(package, name), Feature(other, name));
        return mine is not null && theirs is not null && here is not null && there is not null
            && Unscaled(mine) == Unscaled(theirs)
            && (here.Edges.Count > 1 ? there.Edges.Count > 1 : here.Edges.SequenceEqual(there.Edges));
    }

    private static FeatureSpec Unscaled(FeatureSpec spec) => spec with { Center = 0, Scale = 1, Clip = null, Missing = 0 };

    private static FeatureSpec? Spec(StoredPackage package, string name) =>
        package.Model?.Pipeline.Features.FirstOrDefault(feature => feature.Name == name);

    private static ReferenceFeature? Feature(StoredPackage package, string name) =>
        package.Reference?.Features.FirstOrDefault(feature => feature.Name == name);

    private static double[] Places(ReferenceFeature feature, ReferenceFeature yardstick)
    {
        if (feature.Edges.Count == 1)
        {
            return [0, 1];
        }

        double range = yardstick.Edges[^1] - yardstick.Edges[0];
        double[] places = new double[feature.Edges.Count + 1];
        for (int bin = 0; bin < places.Length; bin++)
        {
            double low = feature.Edges[Math.Max(bin - 1, 0)];
            double high = feature.Edges[Math.Min(bin, feature.Edges.Count - 1)];
            places[bin] = ((low + high) / 2) / range;
        }

        return places;
    }

    // Rounded: what is stored with a decision need not carry digits that decide nothing.
    private static double Mean(IReadOnlyList<long> counts, double[] places)
    {
        double sum = 0;
        long total = 0;
        for (int i = 0; i < places.Length; i++)
        {
            sum += counts[i] * places[i];
            total += counts[i];
        }

        return total == 0 ? 0 : Math.Round(sum / total, 4);
    }
}
