namespace EdgeRuntime.Statistics.Detectors;

/// <summary>What a detector says after a value.</summary>
public enum DriftSignal
{
    /// <summary>Nothing that would not be seen without a change.</summary>
    None,

    /// <summary>A change may have begun. Only detectors of error bits warn.</summary>
    Warning,

    /// <summary>The stream has changed. The detector then looks for the next change.</summary>
    Drift,
}

/// <summary>
/// Watches one stream, value by value, for a change of what makes the values. Implemented by <see cref="Adwin"/>,
/// <see cref="PageHinkley"/>, <see cref="GeometricMovingAverage"/>, <see cref="CramerVonMisesOnline"/>, and for error bits by
/// <see cref="Ddm"/>, <see cref="Eddm"/>, <see cref="HddmA"/> and <see cref="HddmW"/>.
/// </summary>
/// <remarks>All memory is allocated by the constructor. Not thread-safe.</remarks>
public interface IDriftDetector
{
    /// <summary>Bytes that <see cref="SaveState"/> writes: all that the detector has learned of the stream, the same for its whole life.</summary>
    int StateSize { get; }

    /// <summary>Takes the next value. Allocates nothing.</summary>
    /// <param name="value">NaN and the infinities are missing values: they change nothing, and the answer is <see cref="DriftSignal.None"/>.</param>
    DriftSignal Update(double value);

    /// <summary>Forgets the stream; what the constructor was given stays. Allocates nothing.</summary>
    void Reset();

    /// <summary>Writes the state, little-endian, so that a restart goes on where it was.</summary>
    /// <param name="state">At least <see cref="StateSize"/> bytes.</param>
    /// <exception cref="ArgumentException">There is less room.</exception>
    void SaveState(Span<byte> state);

    /// <summary>Takes over a state that a detector of the same kind and options saved.</summary>
    /// <returns>False when the bytes cannot be such a state; the detector is then reset.</returns>
    bool TryLoadState(ReadOnlySpan<byte> state);
}
