using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Native;

/// <summary>Reads element type and shape out of ONNX Runtime's description of a tensor.</summary>
internal static unsafe class Tensors
{
    // As ONNX Runtime 1.30 describes tensors; ONNX numbers them 25, 26 and 24, and so does the function that makes tensors.
    private const int UInt2 = 24;
    private const int Int2 = 25;
    private const int Float8E8M0 = 26;

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

        return (ElementOf(element), shape);
    }

    // The C API's number, which is ONNX's own but for three types that came later.
    private static TensorElement ElementOf(int number) => number switch
    {
        UInt2 => TensorElement.UInt2,
        Int2 => TensorElement.Int2,
        Float8E8M0 => TensorElement.Float8E8M0,
        _ => (TensorElement)number,
    };
}
