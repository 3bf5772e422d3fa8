using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What the model listened to in the reference: how much each group of inputs mattered to some of its answers.</summary>
public sealed record AttributionReference
{
    /// <summary><c>shapley</c> or <c>occlusion</c>; explanations by the other are not compared.</summary>
    public required string Method { get; init; }

    /// <summary>Answers that were explained; at least 1.</summary>
    public required long Samples { get; init; }

    /// <summary>Names of the groups, in the order of the model's input.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Mean |attribution| of each, in the answer's unit; at least 0.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>How often each mattered most; together at most <see cref="Samples"/>.</summary>
    public required IReadOnlyList<long> Tops { get; init; }

    /// <summary>Reads <c>attributions</c>.</summary>
    internal static AttributionReference Read(JsonObjectReader attributions)
    {
        const int MostGroups = 4096;
        AttributionReference read = new()
        {
            Method = attributions.RequiredChoice("method", ["shapley", "occlusion"]),
            Samples = attributions.RequiredLong("samples", 1, 1_000_000_000),
            Groups = attributions.Strings("groups", 1, MostGroups),
            Means = attributions.Doubles("means", 1, MostGroups, 0, 1e12),
            Tops = attributions.Longs("tops", 1, MostGroups, 0, 1_000_000_000),
        };
        foreach ((string member, int count) in (IEnumerable<(string, int)>)[("means", read.Means.Count), ("tops", read.Tops.Count)])
        {
            if (count != read.Groups.Count)
            {
                attributions.Mistake(member, $"has {count} entries for {read.Groups.Count} groups");
            }
        }

        if (read.Tops.Sum() > read.Samples)
        {
            attributions.Mistake("tops", $"add up to {read.Tops.Sum()}, more than the {read.Samples} samples");
        }

        return read;
    }
}
