using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Inference;

/// <summary>The part of the flat row of features that goes into one input tensor of the model.</summary>
/// <param name="Tensor">Name of the input.</param>
/// <param name="Offset">First place in the row.</param>
/// <param name="Length">Elements, as many as the tensor has; at least 1.</param>
public sealed record InputSlice(string Tensor, int Offset, int Length)
{
    /// <summary>
    /// How a package's features are laid out: tensor after tensor, in the order in which the features first name them;
    /// a feature that names none, and a picture, go to <see cref="ModelSpec.Input"/>.
    /// </summary>
    public static IReadOnlyList<InputSlice> LayoutOf(ModelManifest manifest)
    {
        PipelineSpec pipeline = manifest.Pipeline;
        if (pipeline.Image is not null)
        {
            return [new InputSlice(manifest.Model.Input, 0, pipeline.InputLength())];
        }

        List<InputSlice> layout = [];
        int offset = 0;
        foreach (IGrouping<string, FeatureSpec> tensor in pipeline.Features.GroupBy(feature => feature.Input ?? manifest.Model.Input))
        {
            int length = tensor.Sum(feature => feature.Elements(pipeline));
            layout.Add(new InputSlice(tensor.Key, offset, length));
            offset += length;
        }

        return layout;
    }
}

/// <summary>The part of the flat row of output values that one output tensor of the model fills.</summary>
/// <param name="Tensor">Name of the output.</param>
/// <param name="Offset">First place in the row.</param>
/// <param name="Length">Elements; at least 1.</param>
/// <param name="Shape">Dimensions of the tensor; empty for a scalar.</param>
public sealed record OutputSlice(string Tensor, int Offset, int Length, IReadOnlyList<long> Shape);
