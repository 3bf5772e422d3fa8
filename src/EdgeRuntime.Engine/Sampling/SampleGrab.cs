using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>Takes a copy of the next sample that one package answers, once, for somebody who wants to look at it closer.</summary>
/// <remarks>Filled by the serving thread, which allocates nothing for it; read by another once <see cref="Sample"/> is there.</remarks>
/// <param name="package">Whose sample it is to be.</param>
/// <param name="values">Values of its pipeline.</param>
public sealed class SampleGrab(LoadedModel package, int values)
{
    private readonly float[] _input = new float[package.Call.InputLength];
    private readonly double[] _values = new double[values];
    private long _n;
    private long _unixMs;
    private bool _isFilled;

    /// <summary>The sample, or null while none was answered. From any thread.</summary>
    public ExplainedSample? Sample => Volatile.Read(ref _isFilled)
        ? new ExplainedSample(package.Digest, _n, _unixMs, _input, _values)
        : null;

    /// <summary>Takes a sample, unless it has one. For the serving thread only.</summary>
    internal void Fill(LoadedModel answering, in DueSample sample, long n)
    {
        if (_isFilled || answering != package)
        {
            return;
        }

        sample.Input.CopyTo(_input);
        sample.Values.CopyTo(_values);
        (_n, _unixMs) = (n, sample.Time.UnixMs);
        Volatile.Write(ref _isFilled, true);
    }
}
