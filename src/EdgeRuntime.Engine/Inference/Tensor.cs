namespace EdgeRuntime.Engine.Inference;

/// <summary>
/// One tensor with its values, as a file brings it or a model answers it. Not for the sample path: it allocates.
/// </summary>
/// <param name="Name">As the model or the file names it; empty when it has none.</param>
/// <param name="Element">Type of every element.</param>
/// <param name="Shape">Row-major dimensions, each 0 or more; empty for a scalar.</param>
public sealed record Tensor(string Name, TensorElement Element, IReadOnlyList<long> Shape)
{
    /// <summary>Elements, row-major and little endian, types below 8 bits packed. Empty for text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Elements of a text tensor, row-major; empty for every other type.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>
    /// False when the source had no shape of its own (a table, a flat file), so only the count binds.
    /// </summary>
    public bool ShapeIsStated { get; init; } = true;

    /// <summary>Number of elements.</summary>
    public long Count => CountOf(Shape);

    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product is beyond 63 bits.</exception>
    public static long CountOf(IReadOnlyList<long> shape)
    {
        long count = 1;
        foreach (long size in shape)
        {
            count = checked(count * size);
        }

        return count;
    }
}
