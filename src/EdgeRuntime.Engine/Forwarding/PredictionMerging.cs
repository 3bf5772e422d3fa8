using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Joins batches of predictions: nothing is lost but the envelopes, and when each batch was sent.</summary>
public static class PredictionMerging
{
    /// <summary>Predictions in one batch at most.</summary>
    public const int MostPredictions = 100;

    /// <summary>Joins two batches of one model and run.</summary>
    /// <param name="later">Its sequence and time are the result's.</param>
    /// <returns>Null when they do not belong together, or are too many for one batch.</returns>
    public static PredictionMessage? Merge(PredictionMessage earlier, PredictionMessage later) =>
        earlier.Model == later.Model && earlier.Version == later.Version && earlier.Boot == later.Boot
            && earlier.Predictions.Count + later.Predictions.Count <= MostPredictions
            ? later with
            {
                ClockSynchronized = earlier.ClockSynchronized && later.ClockSynchronized,
                Dropped = Math.Max(earlier.Dropped, later.Dropped),
                Predictions = [.. earlier.Predictions, .. later.Predictions],
            }
            : null;
}
