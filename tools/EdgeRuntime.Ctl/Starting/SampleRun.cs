using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>One answer of the model to the data.</summary>
/// <param name="Row">The newest row (or picture) of the sample, from 0.</param>
/// <param name="UnixMs">When that was taken.</param>
/// <param name="Input">What the model was given.</param>
/// <param name="Output">What it answered.</param>
/// <param name="Values">What telemetry watches of the sample, before scaling.</param>
internal sealed record SampleAnswer(int Row, double UnixMs, float[] Input, float[] Output, double[] Values);

/// <summary>The model's answers to the data, through the pipeline of a device.</summary>
internal sealed record SampleRun
{
    // Bounds what stays in memory: 64 MiB of inputs.
    private const int MostElements = 16 * 1024 * 1024;
    private const int Least = 16;

    /// <summary>In the order of the data; at least 1.</summary>
    public required IReadOnlyList<SampleAnswer> Answers { get; init; }

    /// <summary>99th percentile of the time of one run, milliseconds.</summary>
    public required double P99Ms { get; init; }

    /// <summary>Median of the time of one run, milliseconds.</summary>
    public required double MedianMs { get; init; }

    /// <summary>Runs a model.</summary>
    /// <param name="draft">Its channels, pipeline and model are used.</param>
    /// <param name="most">Most samples.</param>
    /// <exception cref="CommandException">The data do not fit, or the model fails on them.</exception>
    public static SampleRun Of(
        ModelManifest draft, ReadOnlyMemory<byte> model, RecordingFiles recording, OnnxEnvironment environment, int most, TimeProvider clock)
    {
        SteppedTime time = new();
        using FrameSource source = RecordedFrames.Open(draft, recording, 0, time);
        if (!PipelineBinding.TryBind(draft, recording.SiteOf(draft, source), out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new CommandException(ExitCode.Data, mistakes);
        }

        try
        {
            using ModelCall call = ModelCall.Load(
                draft.Model, InputSlice.LayoutOf(draft), (_, options) => environment.Load(model, options), new RunnerOptions());
            return Run(source, time, pipeline, call, most, clock);
        }
        catch (ModelLoadException refused)
        {
            throw new CommandException(ExitCode.Data, refused.Message);
        }
        catch (ModelBindingException unfit)
        {
            throw new CommandException(ExitCode.Data, unfit.Mistakes);
        }
        catch (InferenceException failed)
        {
            throw new CommandException(ExitCode.Data, $"the model fails on the data: {failed.Message}");
        }
    }

    private static SampleRun Run(FrameSource source, SteppedTime time, IPipeline pipeline, ModelCall call, int most, TimeProvider clock)
    {
        int limit = Math.Min(most, Math.Max(Least, MostElements / Math.Max(1, call.InputLength)));
        List<SampleAnswer> answers = [];
        List<double> times = [];
        Frame frame = source.NewFrame();
        for (int row = 0; answers.Count < limit && RecordedFrames.TryNext(source, time, frame); row++)
        {
            if (!pipeline.Push(frame) || pipeline.MustDrop)
            {
                continue;
            }

            long start = clock.GetTimestamp();
            call.Run(pipeline.Input);
            times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
            answers.Add(new SampleAnswer(
                row, frame.Time.UnixMs, pipeline.Input.ToArray(), call.Output.ToArray(), pipeline.Values.ToArray()));
        }

        if (answers.Count == 0)
        {
            throw new CommandException(ExitCode.Data, "the data are too short for a single sample of this model");
        }

        times.Sort();
        return new SampleRun { Answers = answers, MedianMs = times[times.Count / 2], P99Ms = times[times.Count * 99 / 100] };
    }
}
