using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>Reads element type and shape out of ONNX Runtime's description of a tensor.</summary>
internal static unsafe class Tensors
{
    /// <summary>The type by its number, known here or not; -1 for an open dimension.</summary>
    public static (TensorElement Element, long[] Shape) Describe(
        OrtEnvironment environment, OrtTensorTypeAndShapeInfo* tensor)
    {
        OrtApi api = environment.Library.Api;
        int element;
        nuint rank;
        environment.CheckLoad(api.GetTensorElementType(tensor, &element));
        environment.CheckLoad(api.GetDimensionsCount(tensor, &rank));
        long[] shape = new long[rank];
        fixed (long* dimensions = shape)
        {
            environment.CheckLoad(api.GetDimensions(tensor, dimensions, rank));
        }

        return ((TensorElement)element, shape);
    }
}
