using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Onnx;

/// <summary>Reads the samples of an audio file as one row, full scale being 1; null for a file of another kind.</summary>
/// <exception cref="TensorFileException">It is malformed; the message begins with its path.</exception>
public delegate float[]? AudioReader(string path);

/// <summary>
/// Feeds a model a whole recording, chunk by chunk, with constants and with its state fed back, as a device would.
/// </summary>
internal sealed class InferRecording : IDisposable
{
    private readonly ModelCall _call;
    private readonly float[] _recording;
    private readonly float[] _row;
    private readonly int _chunk;
    private readonly TimeProvider _time;

    /// <exception cref="ModelLoadException">The model cannot be run so.</exception>
    /// <exception cref="ModelBindingException">Names or sizes do not fit the model.</exception>
    /// <exception cref="TensorFileException">The recording cannot be read.</exception>
    public InferRecording(
        OnnxEnvironment environment, ReadOnlyMemory<byte> model, InferArguments arguments, AudioReader? audio, TimeProvider time)
    {
        _time = time;
        _chunk = arguments.Chunk.GetValueOrDefault();
        (ModelSpec spec, string file) = SpecOf(environment, model, arguments);
        _recording = Values(file, arguments.Raw, audio);
        _row = new float[arguments.Context + _chunk];
        _call = ModelCall.Load(
            spec,
            [new InputSlice(spec.Input, 0, _row.Length)],
            (_, options) => environment.Load(model, options),
            new RunnerOptions());
    }

    /// <summary>Chunks of the recording; the last is filled up with zeros.</summary>
    public int Chunks => (_recording.Length + _chunk - 1) / _chunk;

    /// <summary>Runs the model on the next chunk, which must be the one after the last.</summary>
    /// <exception cref="InferenceException">The graph failed.</exception>
    public InferenceResult Run(int chunk)
    {
        // What is kept of the chunk before stands in front of the new one.
        int context = _row.Length - _chunk;
        _row.AsSpan(_chunk).CopyTo(_row);
        Span<float> fresh = _row.AsSpan(context);
        fresh.Clear();
        int at = chunk * _chunk;
        _recording.AsSpan(at, Math.Min(_chunk, _recording.Length - at)).CopyTo(fresh);
        long start = _time.GetTimestamp();
        _call.Run(_row);
        double microseconds = _time.GetElapsedTime(start).TotalMicroseconds;
        byte[] values = MemoryMarshal.AsBytes(_call.Output).ToArray();
        return new InferenceResult(
            [
                .. _call.Outputs.Select(slice => new Tensor(slice.Tensor, TensorElement.Float32, slice.Shape)
                {
                    Bytes = values.AsMemory(slice.Offset * sizeof(float), slice.Length * sizeof(float)),
                }),
            ],
            microseconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();

    private static (ModelSpec Spec, string File) SpecOf(
        OnnxEnvironment environment, ReadOnlyMemory<byte> model, InferArguments arguments)
    {
        using OnnxModel read = environment.Read(model, new RunnerOptions());
        StateSpec[] states = [.. arguments.States.Select(pair => new StateSpec { Input = pair.Name, Output = pair.Value })];
        List<string> free =
        [
            .. read.Inputs.Select(input => input.Name)
                .Where(name => !arguments.Constants.ContainsKey(name) && !states.Any(state => state.Input == name)),
        ];
        string given = arguments.Inputs[0];
        int at = given.IndexOf('=', StringComparison.Ordinal);
        bool named = at > 0 && free.Contains(given[..at]);
        string[] outputs =
        [
            .. read.Outputs.Where(output => output.Element.Bits() > 0).Select(output => output.Name)
                .Where(name => !states.Any(state => state.Output == name)),
        ];
        if (outputs.Length == 0)
        {
            throw new ModelLoadException("every output is a state or text; there is nothing to print");
        }

        if (!named && free.Count != 1)
        {
            string names = string.Join(", ", free.Select(name => $"'{name}'"));
            throw new ModelLoadException(free.Count == 0
                ? "no input is left for the recording"
                : $"the inputs {names} are left; give the recording as name=FILE, the others with --set or --state");
        }

        ModelSpec spec = new()
        {
            File = arguments.Model,
            Input = named ? given[..at] : free[0],
            Output = outputs[0],
            Outputs = outputs,
            Constants = arguments.Constants,
            State = states,
        };
        return (spec, named ? given[(at + 1)..] : given);
    }

    private static float[] Values(string file, RawFormat raw, AudioReader? audio)
    {
        if (audio?.Invoke(file) is { } samples)
        {
            return samples;
        }

        Tensor tensor = TensorFile.Read(file, raw, new TensorInfo("", TensorElement.Float32, [-1]));
        Tensor real = TensorCast.To(TensorElement.Float32, tensor);
        float[] values = MemoryMarshal.Cast<byte, float>(real.Bytes.Span).ToArray();
        return values.Length > 0 ? values : throw new TensorFileException($"{file}: there are no values in it");
    }
}
