namespace EdgeRuntime.Statistics.Detectors;

/// <summary>A detector that sees the residuals of a stream instead of its values.</summary>
public sealed class WhitenedDetector(Whitener whitener, IDriftDetector detector) : IDriftDetector
{
    /// <inheritdoc/>
    public int StateSize => whitener.StateSize + detector.StateSize;

    /// <inheritdoc/>
    public DriftSignal Update(double value) => detector.Update(whitener.Next(value));

    /// <inheritdoc/>
    public void Reset()
    {
        whitener.Reset();
        detector.Reset();
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        whitener.SaveState(state);
        detector.SaveState(state[whitener.StateSize..]);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        bool isWhole = state.Length >= StateSize
            && whitener.TryLoadState(state) && detector.TryLoadState(state[whitener.StateSize..]);
        if (!isWhole)
        {
            Reset();
        }

        return isWhole;
    }
}
