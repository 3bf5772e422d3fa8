namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>The form <c>x' A^+ x</c> of a symmetric matrix's pseudo-inverse, by Jacobi's rotations.</summary>
internal static class SymmetricForm
{
    // Eigenvalues this much smaller than the largest are rounding; numpy's rank and pinv cut there too.
    private const double Nought = 1e-15;

    /// <summary>The form and the matrix's rank.</summary>
    /// <param name="matrix">Symmetric, square, small; overwritten.</param>
    /// <param name="vector">As many elements as the matrix has rows.</param>
    public static (double Form, int Rank) OfInverse(double[,] matrix, double[] vector)
    {
        int size = vector.Length;
        double[] x = [.. vector];
        for (int sweep = 0; sweep < 50; sweep++)
        {
            double off = 0;
            double on = 0;
            for (int i = 0; i < size; i++)
            {
                on += matrix[i, i] * matrix[i, i];
                for (int j = i + 1; j < size; j++)
                {
                    off += matrix[i, j] * matrix[i, j];
                    Rotate(matrix, x, i, j);
                }
            }

            if (off <= 1e-40 * on)
            {
                break;
            }
        }

        double largest = 0;
        for (int i = 0; i < size; i++)
        {
            largest = Math.Max(largest, Math.Abs(matrix[i, i]));
        }

        double form = 0;
        int rank = 0;
        for (int i = 0; i < size; i++)
        {
            if (Math.Abs(matrix[i, i]) > Nought * largest)
            {
                form += x[i] * x[i] / matrix[i, i];
                rank++;
            }
        }

        return (form, rank);
    }

    // Makes the element (i, j) nought, and turns the vector with the axes.
    private static void Rotate(double[,] a, double[] x, int i, int j)
    {
        if (a[i, j] == 0)
        {
            return;
        }

        double ratio = (a[j, j] - a[i, i]) / (2 * a[i, j]);
        double tangent = (ratio >= 0 ? 1 : -1) / (Math.Abs(ratio) + Math.Sqrt((ratio * ratio) + 1));
        double cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        double sine = tangent * cosine;
        for (int k = 0; k < x.Length; k++)
        {
            (a[k, i], a[k, j]) = ((cosine * a[k, i]) - (sine * a[k, j]), (sine * a[k, i]) + (cosine * a[k, j]));
        }

        for (int k = 0; k < x.Length; k++)
        {
            (a[i, k], a[j, k]) = ((cosine * a[i, k]) - (sine * a[j, k]), (sine * a[i, k]) + (cosine * a[j, k]));
        }

        (x[i], x[j]) = ((cosine * x[i]) - (sine * x[j]), (sine * x[i]) + (cosine * x[j]));
    }
}
