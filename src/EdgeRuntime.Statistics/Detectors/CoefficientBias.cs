namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Takes out of an autoregressive model what a short reference makes its coefficients too small by: of a first-order process about
/// <c>(1 + 3 phi) / n</c> (M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41, 1954; F. H. C. Marriott and
/// J. A. Pope in the same volume). A slow stream that is taken for a quicker one wanders further than its calibration knows.
/// </summary>
/// <remarks>
/// For any order, by simulation: the mean error of models fitted to references that the model itself makes is its bias. After L. Kilian,
/// "Small-Sample Confidence Intervals for Impulse Response Functions", Review of Economics and Statistics 80 (1998), who keeps the
/// corrected process stationary by correcting it less.
/// </remarks>
internal static class CoefficientBias
{
    // Its standard error is a tenth of the coefficients' own.
    private const int References = 100;

    private const double Shrink = 0.99;

    /// <summary>The model of the process that a reference was likely drawn from; the same where there are no coefficients.</summary>
    /// <param name="model">Fitted to the reference.</param>
    /// <param name="begin">Makes a stream with a reference of its own, of the fitted model.</param>
    public static AutoregressiveModel TakenOut(AutoregressiveModel model, Func<int, SimulatedStream> begin)
    {
        int order = model.Coefficients.Count;
        if (order == 0)
        {
            return model;
        }

        double[] bias = new double[order];
        for (int i = 0; i < References; i++)
        {
            IReadOnlyList<double> fitted = begin(i).Model.Coefficients;
            for (int lag = 0; lag < order; lag++)
            {
                bias[lag] += (fitted[lag] - model.Coefficients[lag]) / References;
            }
        }

        double[] corrected = Corrected(model, bias, 1);
        for (double share = Shrink; !IsStationary(corrected) && share > 0.01; share *= Shrink)
        {
            corrected = Corrected(model, bias, share);
        }

        return IsStationary(corrected) ? model with { Coefficients = corrected } : model;
    }

    private static double[] Corrected(AutoregressiveModel model, double[] bias, double share) =>
        [.. model.Coefficients.Select((coefficient, lag) => coefficient - (share * bias[lag]))];

    /// <summary>Whether a process forgets: all its partial autocorrelations, by Levinson's recursion backwards, lie between -1 and 1.</summary>
    private static bool IsStationary(double[] coefficients)
    {
        double[] current = coefficients;
        while (current.Length > 0)
        {
            int order = current.Length - 1;
            double last = current[order];
            if (!(Math.Abs(last) < 1))
            {
                return false;
            }

            double[] shorter = new double[order];
            for (int i = 0; i < order; i++)
            {
                shorter[i] = (current[i] + (last * current[order - 1 - i])) / (1 - (last * last));
            }

            current = shorter;
        }

        return true;
    }
}
