using System.Runtime.InteropServices;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>What the bytes of a raw .bin file mean: little-endian elements and nothing else.</summary>
public sealed record RawFormat
{
    /// <summary>Type of the stored elements. (default: what the model's input declares)</summary>
    public TensorElement? Element { get; init; }

    /// <summary>Dimensions. (default: as many elements as the file holds)</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>
    /// Real value of one step; given, the tensor becomes <c>(stored - zero point) * scale</c> in float32. (default:
    /// stored as is)
    /// </summary>
    public double? Scale { get; init; }

    /// <summary>The stored value that stands for 0.0. (default: 0)</summary>
    public double? ZeroPoint { get; init; }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="TensorFileException">
    /// They are not a whole number of elements, or not as many as the shape says.
    /// </exception>
    internal Tensor Parse(ReadOnlySpan<byte> content, TensorInfo declared)
    {
        TensorElement element = Element ?? declared.Element;
        if (element.Bits() == 0)
        {
            throw new TensorFileException($"a raw file cannot hold {element.Name()} elements; give a .pb or .npy file");
        }

        long count = Shape is null ? CountIn(content, element, declared) : CountOf(Shape, content, element);
        Tensor stored = new("", element, Shape ?? [count])
        {
            Bytes = content.ToArray(),
            ShapeIsStated = Shape is not null,
        };
        return Scale is null && ZeroPoint is null ? stored : Dequantize(stored, Scale ?? 1, ZeroPoint ?? 0);
    }

    private static long CountIn(ReadOnlySpan<byte> content, TensorElement element, TensorInfo declared)
    {
        int bits = element.Bits();

        // The last byte of packed elements need not be full; then the model knows how many there are.
        bool closed = declared.Shape.All(size => size >= 0);
        if (bits < 8 && closed && element.Bytes(declared.Count) == content.Length)
        {
            return declared.Count;
        }

        return bits < 8 || content.Length % (bits / 8) == 0
            ? content.Length * 8L / bits
            : throw new TensorFileException(
                $"offset {content.Length - (content.Length % (bits / 8))}: the file's {content.Length} bytes are no "
                    + $"whole number of {element.Name()} elements ({bits / 8} bytes each)");
    }

    private static long CountOf(IReadOnlyList<long> shape, ReadOnlySpan<byte> content, TensorElement element)
    {
        long count = Tensor.CountOf(shape);
        long expected = element.Bytes(count);
        return expected == content.Length
            ? count
            : throw new TensorFileException(
                $"offset {Math.Min(expected, content.Length)}: shape {TensorElements.Spell(shape)} of "
                    + $"{element.Name()} takes {expected} bytes, {content.Length} are there");
    }

    private static Tensor Dequantize(Tensor stored, double scale, double zeroPoint)
    {
        float[] real = new float[checked((int)stored.Count)];
        ElementReader reader = new(stored);
        for (int i = 0; i < real.Length; i++)
        {
            // In double and rounded once, so that the result does not depend on how the scale rounds to float32.
            real[i] = (float)((reader.Number(i) - zeroPoint) * scale);
        }

        return stored with { Element = TensorElement.Float32, Bytes = MemoryMarshal.AsBytes<float>(real).ToArray() };
    }
}
