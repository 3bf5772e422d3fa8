namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// One frame in memory that is taken once and filled again and again: the values of a scalar sensor's channels, or a
/// picture. Whoever carries frames from a source to a pipeline need not know which.
/// </summary>
/// <remarks>Made by <see cref="FrameSource.NewFrame"/>. Not thread-safe.</remarks>
public sealed class Frame
{
    private readonly double[] _values;
    private readonly byte[] _pixels;

    internal Frame(int values, int pixelBytes)
    {
        _values = new double[values];
        _pixels = new byte[pixelBytes];
    }

    /// <summary>Shape and order of the sensor's channels, NaN where one has no value; empty for a picture.</summary>
    public Span<double> Values => _values;

    /// <summary>The picture in its source's <see cref="ImageFormat"/>; empty for a scalar sensor.</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>When the frame was taken.</summary>
    public FrameTime Time { get; set; }

    /// <summary>Takes over another frame of the same source, bit by bit.</summary>
    public void CopyFrom(Frame other)
    {
        other._values.CopyTo(_values, 0);
        other._pixels.CopyTo(_pixels, 0);
        Time = other.Time;
    }
}
