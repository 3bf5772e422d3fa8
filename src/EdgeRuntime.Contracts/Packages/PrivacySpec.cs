using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What is done to one channel before any of its values is kept or sent as a sample; the model sees it as it is. Its features leave
/// the device as counts alone.
/// </summary>
public sealed record PrivacySpec
{
    /// <summary>What stands for the pixels of a picture in <see cref="Channel"/>.</summary>
    public const string Image = "image";

    /// <summary>Name of a channel of the manifest; <c>image</c> for pictures.</summary>
    public required string Channel { get; init; }

    /// <summary>
    /// <c>drop</c>: no value is kept. <c>hash</c>: a category becomes one of a keyed hash, the same for the same category on one
    /// device and on no other. <c>round</c>: to the nearest multiple of <see cref="Step"/>; of pictures, squares of so many pixels
    /// become one colour. <c>noise</c>: Laplace noise of <see cref="Scale"/> is added.
    /// </summary>
    public required string Filter { get; init; }

    /// <summary>For <c>round</c>, greater than 0.</summary>
    public double? Step { get; init; }

    /// <summary>For <c>noise</c>, greater than 0: the mean size of what is added. The sensitivity over it is the epsilon of differential privacy.</summary>
    public double? Scale { get; init; }

    internal static PrivacySpec Read(JsonObjectReader privacy) => new()
    {
        Channel = privacy.RequiredString("channel"),
        Filter = privacy.RequiredChoice("filter", ["drop", "hash", "round", "noise"]),
        Step = privacy.Double("step", JsonObjectReader.AboveZero),
        Scale = privacy.Double("scale", JsonObjectReader.AboveZero),
    };

    /// <summary>Notes what is wrong with the filters of a manifest as a whole.</summary>
    internal static void Check(
        JsonObjectReader monitoring, IReadOnlyList<PrivacySpec> filters, IReadOnlyList<ManifestChannel> channels, PipelineSpec pipeline)
    {
        ManifestReader.NoteRepeated(monitoring, "privacy", "channel", filters, filter => filter.Channel);
        string[] known = pipeline.Image is null ? [.. channels.Select(channel => channel.Name)] : [Image];
        for (int i = 0; i < filters.Count; i++)
        {
            PrivacySpec filter = filters[i];
            if (known.Length > 0 && !known.Contains(filter.Channel))
            {
                monitoring.Mistake("privacy", i, "channel", $"\"{filter.Channel}\" is no channel{Spelling.Hint(filter.Channel, known)}");
                continue;
            }

            bool isCategory = channels.FirstOrDefault(channel => channel.Name == filter.Channel)?.IsCategory() ?? false;
            (string Member, string Sentence)? wrong = filter switch
            {
                { Filter: "hash" } when !isCategory => ("filter", "hash is for channels of the type category"),
                { Filter: "round" or "noise" } when isCategory => ("filter", $"a category has no {filter.Filter}; drop or hash it"),
                { Filter: "round", Step: null } => ("step", "is missing: to what is it rounded?"),
                { Filter: "noise", Scale: null } => ("scale", "is missing: how much noise?"),
                { Filter: not "round", Step: not null } => ("step", "belongs to the filter round"),
                { Filter: not "noise", Scale: not null } => ("scale", "belongs to the filter noise"),
                _ => null,
            };
            if (wrong is { } mistake)
            {
                monitoring.Mistake("privacy", i, mistake.Member, mistake.Sentence);
            }
        }
    }
}
