using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Which elements of a model's input are present or absent together when an answer is explained.</summary>
/// <remarks>
/// Features of one value each by themselves, all features of a channel, or the regions of a grid over a picture. A cross of
/// features is a group of its own: it belongs to no single channel.
/// </remarks>
public sealed class AttributionGroups
{
    private AttributionGroups(IReadOnlyList<string> names, int[] groupOf, IReadOnlyList<string?> features)
    {
        Names = names;
        GroupOf = groupOf;
        Features = features;
    }

    /// <summary>Names of the groups; at least 1.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of each element's group; shape [elements of the input].</summary>
    public ReadOnlyMemory<int> GroupOf { get; }

    /// <summary>The feature that is a group by itself and has one value; null for other groups. Shape [groups].</summary>
    public IReadOnlyList<string?> Features { get; }

    /// <summary>The groups that a manifest asks for.</summary>
    public static AttributionGroups Of(ModelManifest manifest, ExplainSpec spec) => manifest.Pipeline.Image is ImageSpec image
        ? OfPicture(image, spec.Grid)
        : OfFeatures(manifest, byChannel: spec.Groups == "channels");

    private static AttributionGroups OfFeatures(ModelManifest manifest, bool byChannel)
    {
        ResolvedFeatures resolved = FeatureResolution.Resolve(manifest);
        List<string> names = [];
        List<string?> features = [];
        int[] groupOf = new int[manifest.Pipeline.InputLength()];
        for (int i = 0; i < resolved.Plans.Count; i++)
        {
            FeatureSpec feature = manifest.Pipeline.Features[i];
            FeaturePlan plan = resolved.Plans[i].Plan;
            string name = byChannel ? feature.Channel ?? feature.Name : feature.Name;
            int group = names.IndexOf(name);
            if (group < 0)
            {
                group = names.Count;
                names.Add(name);
                features.Add(!byChannel && feature.IsSingle() ? name : null);
            }

            for (int element = 0; element < plan.Elements; element++)
            {
                groupOf[plan.InputIndex + (element * plan.Stride)] = group;
            }
        }

        return new AttributionGroups(names, groupOf, features);
    }

    private static AttributionGroups OfPicture(ImageSpec image, int grid)
    {
        // A picture smaller than the grid has a region for each pixel, and none that is empty.
        int rows = Math.Min(grid, image.Height);
        int columns = Math.Min(grid, image.Width);
        int colours = image.Colours();
        int[] groupOf = new int[image.Elements()];
        for (int i = 0; i < groupOf.Length; i++)
        {
            int pixel = image.Layout == "nhwc" ? i / colours : i % (image.Width * image.Height);
            int row = pixel / image.Width * rows / image.Height;
            int column = pixel % image.Width * columns / image.Width;
            groupOf[i] = (row * columns) + column;
        }

        string[] names = [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, columns) select $"region {row},{column}"];
        return new AttributionGroups(names, groupOf, new string?[names.Length]);
    }
}
