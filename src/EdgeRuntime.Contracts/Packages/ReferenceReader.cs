using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads <c>reference.json</c>, checks it against its manifest, and finds everything that is wrong with it.</summary>
public static class ReferenceReader
{
    private const int MaxEdges = 63;
    private const int MaxFeatures = 4096;
    private const int MaxSizes = 16;
    private static readonly JsonLimits Limits = new(Bytes: 8 * 1024 * 1024, Depth: 8);

    /// <summary>Reads a profile.</summary>
    /// <param name="manifest">The manifest of the same package.</param>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>The profile, or null when there are mistakes.</returns>
    public static ReferenceProfile? Read(
        ReadOnlySpan<byte> utf8,
        ModelManifest manifest,
        Mistakes mistakes,
        string name = ReferenceProfile.FileName) =>
        JsonFile.Read(utf8, name, mistakes, root => ReadRoot(root, manifest), Limits);

    private static ReferenceProfile ReadRoot(JsonObjectReader root, ModelManifest manifest)
    {
        // Where the rows are wrong themselves, nothing that is compared with them can be judged.
        long given = root.RequiredLong("rows", 1, long.MaxValue);
        long? known = root.IsWrong("rows") ? null : given;
        bool classification = manifest.Output.HasLabels();
        ReferenceProfile profile = new()
        {
            Rows = given,
            EffectiveRows = root.RequiredDouble("effective_rows", 1, known ?? double.MaxValue),
            EffectiveShare = root.RequiredDouble("effective_share", JsonObjectReader.AboveZero, 1),
            Level = root.Double("level", 0.001, JsonObjectReader.AboveZero, 0.5),
            MinEffect = root.Double("min_effect", 0.25, JsonObjectReader.AboveZero, double.MaxValue),
            Features = root.RequiredObjects("features", feature => ReadBins(feature, known), 0, MaxFeatures),
            PredictionShares = root.Doubles("prediction_shares", 0, 4096, 0, 1),
            PredictionBins = root.Object("prediction_bins", bins => ReadBins(bins, known)),
            Channels = root.Has("channels") ? root.Objects("channels", ChannelReference.Read, MaxFeatures) : null,
            Timing = root.Object("timing", TimingReference.Read),
            Quality = root.Object("quality", QualityReference.Read),
            Attributions = root.Object("attributions", AttributionReference.Read),
        };

        CheckNames(root, profile, manifest);
        CheckOnline(root, profile, manifest);
        if (manifest.Monitoring?.Drift.Test == "wasserstein" && profile.Features.Count > 0 && profile.Features.All(feature => feature.Wasserstein is null))
        {
            root.Mistake("features", "have no wasserstein, and the manifest wants that test; make the reference again");
        }

        CheckChannels(root, profile, manifest);
        QualityReference.Check(root, profile);
        if (classification)
        {
            CheckShares(root, profile, manifest);
        }
        else if (profile.PredictionShares.Count > 0)
        {
            root.Mistake("prediction_shares", $"is only for classification; this is a {manifest.Output.Kind}");
        }

        if (classification && profile.PredictionBins is not null)
        {
            root.Mistake("prediction_bins", "is only for regression and reconstruction; this is a classification");
        }

        return profile;
    }

    private static ReferenceFeature ReadBins(JsonObjectReader feature, long? rows)
    {
        ReferenceFeature bins = new()
        {
            Name = feature.RequiredString("name", PackageNames.Signal),
            Edges = feature.Doubles("edges", 1, MaxEdges),
            Counts = feature.Longs("counts", 2, MaxEdges + 1, 0, rows ?? long.MaxValue),
            Missing = feature.Long("missing", 0, 0, rows ?? long.MaxValue),
            MinEffect = feature.Double("min_effect", JsonObjectReader.AboveZero),
            Summary = feature.Object("summary", FeatureSummary.Read),
            Online = feature.Object("online", OnlineReference.Read),
            Wasserstein = feature.Object("wasserstein", WassersteinReference.Read),
            Chance = feature.Objects("chance", ChanceReference.Read, MaxSizes),
        };
        for (int i = 1; i < bins.Chance.Count; i++)
        {
            if (bins.Chance[i].Samples <= bins.Chance[i - 1].Samples)
            {
                feature.Mistake("chance", i, "samples", $"{bins.Chance[i].Samples} is not above the {bins.Chance[i - 1].Samples} before");
            }
        }

        for (int i = 1; i < bins.Edges.Count; i++)
        {
            if (!(bins.Edges[i] > bins.Edges[i - 1]))
            {
                feature.Mistake("edges", i, null, $"{bins.Edges[i]} is not above the edge before, {bins.Edges[i - 1]}");
            }
        }

        if (bins.Counts.Count != bins.Edges.Count + 1 && bins.Edges.Count > 0 && bins.Counts.Count > 0)
        {
            feature.Mistake(
                "counts", $"has {bins.Counts.Count} entries; {bins.Edges.Count} edges make {bins.Edges.Count + 1} bins");
        }

        // As UInt128, because each count may be as large as a long.
        UInt128 sum = (UInt128)bins.Missing;
        foreach (long count in bins.Counts)
        {
            sum += (UInt128)count;
        }

        if (rows is long all && sum != (UInt128)all && !feature.IsWrong("counts") && !feature.IsWrong("missing"))
        {
            feature.Mistake("counts", $"with the missing ones add up to {sum}, not to the {all} rows");
        }

        return bins;
    }

    // A detector that was made for something else would alarm too often, or never, and nobody would know.
    private static void CheckOnline(JsonObjectReader root, ReferenceProfile profile, ModelManifest manifest)
    {
        OnlineSpec? wanted = manifest.Monitoring?.Online;
        for (int i = 0; i < profile.Features.Count && wanted is not null; i++)
        {
            ReferenceFeature feature = profile.Features[i];
            if (feature.Online is null && wanted.Features?.Contains(feature.Name) == true)
            {
                root.Mistake("features", i, null, $"\"{feature.Name}\" has no online, and the manifest wants {wanted.Detector} to watch it; make the reference again");
            }
            else if (feature.Online is OnlineReference made && (made.Detector != wanted.Detector || made.ExpectedRunSamples != wanted.ExpectedRunSamples))
            {
                root.Mistake(
                    "features", i, "online",
                    $"was made for {made.Detector} and {made.ExpectedRunSamples:0} samples, and the manifest wants {wanted.Detector} and {wanted.ExpectedRunSamples}; make the reference again");
            }
        }
    }

    private static void CheckNames(JsonObjectReader root, ReferenceProfile profile, ModelManifest manifest)
    {
        IReadOnlyList<string> wanted = manifest.Pipeline.ValueNames();
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < profile.Features.Count; i++)
        {
            string name = profile.Features[i].Name;
            if (name.Length > 0 && !seen.Add(name))
            {
                root.Mistake("features", i, "name", $"\"{name}\" stands here twice");
            }
            else if (name.Length > 0 && !wanted.Contains(name))
            {
                string hint = Spelling.Hint(name, wanted);
                root.Mistake("features", i, "name", $"the manifest has no feature \"{name}\"{hint}");
            }
        }

        foreach (string name in wanted.Where(name => !seen.Contains(name)))
        {
            root.Mistake("features", $"the manifest's feature \"{name}\" has no bins here");
        }
    }

    // A channel may be left out: it is then watched for what holds for every channel.
    private static void CheckChannels(JsonObjectReader root, ReferenceProfile profile, ModelManifest manifest)
    {
        string[] wanted = [.. manifest.Channels.Select(channel => channel.Name)];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < profile.Channels?.Count; i++)
        {
            string name = profile.Channels[i].Name;
            if (name.Length > 0 && !seen.Add(name))
            {
                root.Mistake("channels", i, "name", $"\"{name}\" stands here twice");
            }
            else if (name.Length > 0 && !wanted.Contains(name))
            {
                root.Mistake("channels", i, "name", $"the manifest has no channel \"{name}\"{Spelling.Hint(name, wanted)}");
            }
        }
    }

    private static void CheckShares(JsonObjectReader root, ReferenceProfile profile, ModelManifest manifest)
    {
        int labels = manifest.Output.Labels.Count;
        double sum = profile.PredictionShares.Sum();
        if (profile.PredictionShares.Count != labels)
        {
            root.Mistake(
                "prediction_shares", $"has {profile.PredictionShares.Count} entries; the manifest has {labels} labels");
        }
        else if (!(Math.Abs(sum - 1) <= 1e-6))
        {
            root.Mistake("prediction_shares", $"add up to {sum}, not to 1");
        }
    }
}
