using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// One way to divide samples into groups that the model is to treat alike. Groups are counted by themselves and in all their
/// intersections.
/// </summary>
public sealed record GroupSpec
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The feature of one value that tells the group, before scaling; null where the label tells it.</summary>
    public string? Feature { get; init; }

    /// <summary>The member of a label's <c>groups</c> that tells the group; null where a feature does.</summary>
    public string? Field { get; init; }

    /// <summary>
    /// Cut points of the feature, strictly ascending, one less than <see cref="Values"/>: the first group lies below the first, the
    /// last at and above the last. Without them the feature is a category, and <see cref="Values"/> are its texts or numbers.
    /// </summary>
    public IReadOnlyList<double>? Cuts { get; init; }

    /// <summary>Names of the groups; 1 to 64. Whatever else occurs is counted as not known. Required.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>
    /// Whether what tells the group must not leave the device but as counts: the feature, its channel, and all other features
    /// of that channel. A field of a label never leaves it at all. (default: true)
    /// </summary>
    public bool Sensitive { get; init; } = true;

    internal static GroupSpec Read(JsonObjectReader group, PipelineSpec pipeline)
    {
        GroupSpec spec = new()
        {
            Name = group.RequiredString("name", PackageNames.Signal),
            Feature = group.String("feature"),
            Field = group.String("field", PackageNames.Signal),
            Cuts = group.Has("cuts") ? group.Doubles("cuts", 1, 63) : null,
            Values = group.Strings("values", 1, 64, value => PackageNames.Line(value, 63)),
            Sensitive = group.Bool("sensitive", true),
        };
        if (spec.Feature is null == spec.Field is null)
        {
            group.Mistake("needs either feature or field: what tells the group of a sample?");
        }

        if (spec.Feature is string feature)
        {
            BaselineSpec.CheckFeature(group, feature, pipeline);
        }
        else if (spec.Cuts is not null)
        {
            group.Mistake("cuts", "belongs to a feature");
        }

        IReadOnlyList<double> cuts = spec.Cuts ?? [];
        if (cuts.Count > 0 && spec.Values.Count != cuts.Count + 1)
        {
            group.Mistake("values", $"has {spec.Values.Count} entries; {cuts.Count} cut points make {cuts.Count + 1} groups");
        }

        for (int i = 1; i < cuts.Count; i++)
        {
            if (!(cuts[i] > cuts[i - 1]))
            {
                group.Mistake("cuts", i, null, $"{cuts[i]} is not above the one before, {cuts[i - 1]}");
            }
        }

        if (spec.Values.GroupBy(value => value).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            group.Mistake("values", $"\"{twice.Key}\" stands here twice");
        }

        return spec;
    }

    /// <summary>Notes what is wrong with all groups together.</summary>
    internal static void Check(JsonObjectReader monitoring, IReadOnlyList<GroupSpec> groups, OutputSpec output, bool hasLabels)
    {
        const int MostCells = 256;
        if (groups.Count > 0 && output.Kind == "regression")
        {
            monitoring.Mistake("groups", "are for models that say yes or no to somebody; this is a regression");
        }

        ManifestReader.NoteRepeated(monitoring, "groups", "name", groups, group => group.Name);
        long cells = groups.Aggregate(1L, (product, group) => Math.Min(product * (group.Values.Count + 1), MostCells + 1));
        if (cells > MostCells)
        {
            monitoring.Mistake("groups", $"have more than {MostCells} intersections, one more value in each for those not known; nobody could fill them");
        }

        for (int i = 0; i < groups.Count; i++)
        {
            if (groups[i].Field is not null && !hasLabels)
            {
                monitoring.Mistake("groups", i, "field", "comes with labels, and there are none: 'labels' is missing");
            }
        }
    }
}
