using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Bench;

/// <summary>What the numbers of a device's predictions say: every sample has one, and one only.</summary>
/// <param name="Samples">From the first to the last.</param>
/// <param name="Missing">Numbers that never came.</param>
/// <param name="Doubled">Numbers that came more than once.</param>
internal sealed record SampleNumbers(long Samples, long Missing, long Doubled)
{
    /// <summary>Of one boot's batches in which all predictions are told.</summary>
    public static SampleNumbers Of(IEnumerable<PredictionMessage> batches)
    {
        long[] numbers = [.. batches.SelectMany(batch => batch.Predictions).Select(prediction => prediction.N).Order()];
        if (numbers.Length == 0)
        {
            return new SampleNumbers(0, 0, 0);
        }

        int distinct = numbers.Distinct().Count();
        long span = numbers[^1] - numbers[0] + 1;
        return new SampleNumbers(span, span - distinct, numbers.Length - distinct);
    }
}
