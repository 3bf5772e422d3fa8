using System.Buffers.Binary;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>The numbers of an array, whatever they are stored as.</summary>
internal static class ArrayValues
{
    /// <summary>Row-major; NaN for elements of a type that holds no plain numbers.</summary>
    public static double[] Of(Tensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.Bytes.Span;
        double[] values = new double[tensor.Count];
        int width = Math.Max(1, tensor.Element.Bits() / 8);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * width, width);
            values[i] = tensor.Element switch
            {
                TensorElement.UInt8 or TensorElement.Bool => element[0],
                TensorElement.Int8 => (sbyte)element[0],
                TensorElement.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                TensorElement.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
                TensorElement.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                TensorElement.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
                TensorElement.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                TensorElement.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
                TensorElement.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                TensorElement.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                TensorElement.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
                _ => double.NaN,
            };
        }

        return values;
    }
}
