using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Inference;

/// <summary>One runner whose tensors are bound to features, constants, state and output values, as a manifest says.</summary>
/// <remarks>Running allocates nothing. Not thread-safe.</remarks>
internal sealed class BoundModel
{
    private readonly IModelRunner _runner;
    private readonly List<BoundTensor> _features = [];
    private readonly List<BoundTensor> _outputs = [];
    private readonly List<BoundState> _states = [];
    private readonly float[] _values;

    /// <summary>Binds; what does not fit is added to the mistakes, and the object must then not be used.</summary>
    public BoundModel(ModelSpec spec, IReadOnlyList<InputSlice> layout, IModelRunner runner, List<string> mistakes)
    {
        _runner = runner;
        BindFeatures(spec, layout, mistakes);
        BindConstants(spec, mistakes);
        BindStates(spec, mistakes);
        NoteUnfed(spec, layout, mistakes);
        Outputs = BindOutputs(spec, mistakes);
        _values = new float[Outputs.Count == 0 ? 0 : Outputs[^1].Offset + Outputs[^1].Length];
        Reset();
    }

    /// <summary>Where the outputs stand in <see cref="Values"/>.</summary>
    public IReadOnlyList<OutputSlice> Outputs { get; }

    /// <summary>Output values of the newest run, all outputs one behind the other.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>How often the state started afresh because it was no longer finite.</summary>
    public long Spoilt { get; private set; }

    /// <summary>Puts every state at its beginning.</summary>
    public void Reset()
    {
        foreach (BoundState state in _states)
        {
            state.Initial.CopyTo(_runner.Input(state.Input));
        }
    }

    /// <summary>Runs on a row of features.</summary>
    /// <exception cref="InferenceException">The graph failed; the state is as before, the values are unspecified.</exception>
    public void Run(ReadOnlySpan<float> features)
    {
        // Lists of structs walked by index: an enumerator behind an interface would be boxed.
        for (int i = 0; i < _features.Count; i++)
        {
            BoundTensor tensor = _features[i];
            tensor.Code.Write(features.Slice(tensor.Offset, tensor.Length), _runner.Input(tensor.Index));
        }

        _runner.Run();
        for (int i = 0; i < _outputs.Count; i++)
        {
            BoundTensor tensor = _outputs[i];
            tensor.Code.Read(_runner.Output(tensor.Index), _values.AsSpan(tensor.Offset, tensor.Length));
        }

        for (int i = 0; i < _states.Count; i++)
        {
            ReadOnlySpan<byte> next = _runner.Output(_states[i].Output);
            if (!_states[i].Code.IsFinite(next))
            {
                // NaN fed back would answer NaN for ever.
                Spoilt++;
                Reset();
                return;
            }

            next.CopyTo(_runner.Input(_states[i].Input));
        }
    }

    private void BindFeatures(ModelSpec spec, IReadOnlyList<InputSlice> layout, List<string> mistakes)
    {
        foreach (InputSlice slice in layout)
        {
            int index = Find(_runner.Inputs, slice.Tensor, "model.input", mistakes);
            if (index < 0)
            {
                continue;
            }

            TensorInfo tensor = _runner.Inputs[index];
            if (tensor.Count != slice.Length)
            {
                mistakes.Add($"model.input: '{slice.Tensor}' has {tensor.Count} elements and the pipeline makes {slice.Length}");
                continue;
            }

            _features.Add(new BoundTensor(index, slice.Offset, slice.Length, CodeOf(spec, tensor)));
        }
    }

    private void BindConstants(ModelSpec spec, List<string> mistakes)
    {
        foreach ((string name, IReadOnlyList<double> values) in spec.Constants ?? new Dictionary<string, IReadOnlyList<double>>())
        {
            int index = Find(_runner.Inputs, name, $"model.constants[\"{name}\"]", mistakes);
            if (index >= 0)
            {
                Fill(_runner.Input(index), spec, _runner.Inputs[index], values, $"model.constants[\"{name}\"]", mistakes);
            }
        }
    }

    private void BindStates(ModelSpec spec, List<string> mistakes)
    {
        for (int i = 0; i < spec.State?.Count; i++)
        {
            StateSpec state = spec.State[i];
            int input = Find(_runner.Inputs, state.Input, $"model.state[{i}].input", mistakes);
            int output = Find(_runner.Outputs, state.Output, $"model.state[{i}].output", mistakes);
            if (input < 0 || output < 0)
            {
                continue;
            }

            TensorInfo from = _runner.Outputs[output];
            TensorInfo to = _runner.Inputs[input];
            if (from.Element != to.Element || from.Count != to.Count)
            {
                mistakes.Add($"model.state[{i}].output: '{from.Name}' is {Spell(from)} and '{to.Name}' {Spell(to)}; a state "
                    + "goes back as it came, and open dimensions are settled by model.shapes");
                continue;
            }

            byte[] initial = new byte[_runner.Input(input).Length];
            Fill(initial, spec, to, state.Initial ?? [0], $"model.state[{i}].initial", mistakes);
            _states.Add(new BoundState(input, output, initial, CodeOf(spec, to)));
        }
    }

    private void NoteUnfed(ModelSpec spec, IReadOnlyList<InputSlice> layout, List<string> mistakes)
    {
        foreach (TensorInfo input in _runner.Inputs)
        {
            bool fed = layout.Any(slice => slice.Tensor == input.Name)
                || spec.Constants?.ContainsKey(input.Name) == true
                || spec.State?.Any(state => state.Input == input.Name) == true;

            // An input that goes by another name than the manifest's is said once, where that name was looked for.
            if (!fed && _features.Count == layout.Count)
            {
                mistakes.Add($"model: its input '{input.Name}' {Spell(input)} gets no values; name it in model.constants, "
                    + "in model.state, or let features go there");
            }
        }
    }

    private List<OutputSlice> BindOutputs(ModelSpec spec, List<string> mistakes)
    {
        List<OutputSlice> slices = [];
        int offset = 0;
        foreach (string name in spec.OutputNames())
        {
            int index = Find(_runner.Outputs, name, spec.Outputs is null ? "model.output" : "model.outputs", mistakes);
            if (index >= 0)
            {
                TensorInfo tensor = _runner.Outputs[index];
                int length = (int)tensor.Count;
                slices.Add(new OutputSlice(name, offset, length, tensor.Shape));
                _outputs.Add(new BoundTensor(index, offset, length, CodeOf(spec, tensor)));
                offset += length;
            }
        }

        return slices;
    }

    private static void Fill(
        Span<byte> memory, ModelSpec spec, TensorInfo tensor, IReadOnlyList<double> values, string path, List<string> mistakes)
    {
        if (values.Count != 1 && values.Count != tensor.Count)
        {
            mistakes.Add($"{path}: has {values.Count} values; '{tensor.Name}' {Spell(tensor)} takes {tensor.Count}, or 1 for all");
            return;
        }

        float[] elements = new float[tensor.Count];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = (float)values[values.Count == 1 ? 0 : i];
        }

        CodeOf(spec, tensor).Write(elements, memory);
    }

    private static ElementCode CodeOf(ModelSpec spec, TensorInfo tensor) =>
        new(tensor.Element, spec.Quantization?.GetValueOrDefault(tensor.Name) ?? tensor.Quantization);

    private static int Find(IReadOnlyList<TensorInfo> tensors, string name, string path, List<string> mistakes)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name != name)
            {
                continue;
            }

            if (tensors[i].Element.Bits() > 0)
            {
                return i;
            }

            mistakes.Add($"{path}: '{name}' is {tensors[i].Element.Name()}; a model on the sample path takes and gives numbers only");
            return -1;
        }

        mistakes.Add($"{path}: the model has no '{name}'; it has {string.Join(", ", tensors.Select(tensor => $"'{tensor.Name}'"))}");
        return -1;
    }

    private static string Spell(TensorInfo tensor) => $"{tensor.Element.Name()} {TensorElements.Spell(tensor.Shape)}";

    private readonly record struct BoundTensor(int Index, int Offset, int Length, ElementCode Code);

    private readonly record struct BoundState(int Input, int Output, byte[] Initial, ElementCode Code);
}
