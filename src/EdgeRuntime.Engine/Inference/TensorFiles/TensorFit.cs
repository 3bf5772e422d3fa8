namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>Makes a tensor from a file into what a model's input declares.</summary>
public static class TensorFit
{
    /// <summary>Converts the elements and settles the shape; open dimensions take what is given.</summary>
    /// <returns>A tensor with the input's name and element type, every dimension fixed.</returns>
    /// <exception cref="TensorFileException">
    /// It cannot be made to fit; the message names expected and given.
    /// </exception>
    public static Tensor To(TensorInfo declared, Tensor given)
    {
        IReadOnlyList<long> shape = ShapeFor(declared, given);
        return TensorCast.To(declared.Element, given) with { Name = declared.Name, Shape = shape };
    }

    private static IReadOnlyList<long> ShapeFor(TensorInfo declared, Tensor given)
    {
        // A declared rank of 0 may also mean that the model says nothing about the shape; the runtime will judge.
        if (Matches(declared.Shape, given.Shape) || (declared.Shape.Count == 0 && given.Count != 1))
        {
            return given.Shape;
        }

        long[]? settled = Settle(declared.Shape, given.Count);
        if (settled is null || !MayReshape(given, settled))
        {
            throw new TensorFileException(
                $"input '{declared.Name}' expects {declared.Element.Name()} {TensorElements.Spell(declared.Shape)}, "
                    + $"given is {given.Element.Name()} {TensorElements.Spell(given.Shape)}");
        }

        return settled;
    }

    private static bool Matches(IReadOnlyList<long> declared, IReadOnlyList<long> given)
    {
        bool matches = declared.Count == given.Count;
        for (int axis = 0; matches && axis < declared.Count; axis++)
        {
            matches = declared[axis] < 0 || declared[axis] == given[axis];
        }

        return matches;
    }

    // Of several open dimensions the last takes what the count leaves and the others are 1: batches come first.
    private static long[]? Settle(IReadOnlyList<long> declared, long count)
    {
        long[] shape = new long[declared.Count];
        long product = 1;
        int open = -1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = declared[axis] < 0 ? 1 : declared[axis];
            open = declared[axis] < 0 ? axis : open;
            product *= shape[axis];
        }

        if (open >= 0 && product > 0 && count % product == 0)
        {
            shape[open] = count / product;
            product = count;
        }

        return product == count ? shape : null;
    }

    // Flattening, unflattening and dimensions of 1 keep the order of the elements beyond doubt. Any other stated shape,
    // such as [2, 8] for [8, 2], is more likely a transposed array than a wish.
    private static bool MayReshape(Tensor given, long[] wanted)
    {
        List<long> from = WithoutOnes(given.Shape);
        List<long> to = WithoutOnes(wanted);
        return !given.ShapeIsStated || from.Count <= 1 || to.Count <= 1 || from.SequenceEqual(to);
    }

    private static List<long> WithoutOnes(IReadOnlyList<long> shape) => [.. shape.Where(size => size != 1)];
}
