using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>A sample that is due: what the model is to be asked, wherever that stands.</summary>
internal readonly ref struct DueSample(ReadOnlySpan<float> input, ReadOnlySpan<double> values, FrameTime time, SampleTimes times)
{
    /// <summary>The model's input.</summary>
    public ReadOnlySpan<float> Input { get; } = input;

    /// <summary>Features before scaling.</summary>
    public ReadOnlySpan<double> Values { get; } = values;

    /// <summary>When its newest frame was taken.</summary>
    public FrameTime Time { get; } = time;

    /// <summary>How long it took so far.</summary>
    public SampleTimes Times { get; } = times;
}

/// <summary>A sample that waits for the model, in memory that is filled again and again.</summary>
internal sealed class WaitingSample(IPipeline pipeline)
{
    private readonly float[] _input = new float[pipeline.Input.Length];
    private readonly double[] _values = new double[pipeline.Names.Count];
    private FrameTime _time;
    private SampleTimes _times;
    private long _since;

    /// <summary>Copies the sample that the pipeline has just completed.</summary>
    /// <param name="since">Now, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Fill(IPipeline pipeline, in FrameTime time, in SampleTimes times, long since)
    {
        pipeline.Input.CopyTo(_input);
        pipeline.Values.CopyTo(_values);
        _time = time;
        _times = times;
        _since = since;
    }

    /// <summary>The sample, its waiting over.</summary>
    public DueSample Take(long now, double nanosecondsPerTick) =>
        new(_input, _values, _time, _times with { Queue = (long)((now - _since) * nanosecondsPerTick) });
}
