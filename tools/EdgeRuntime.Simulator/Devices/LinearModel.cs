using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Simulator;

/// <summary>A model in plain C#: output = weights x input. Its file is one line, such as <c>linear 2 2: 1 0 0 1</c>.</summary>
public sealed class LinearModel : IModelRunner
{
    private readonly float[] _weights;
    private readonly float[] _input;
    private readonly float[] _output;

    private LinearModel(int inputs, int outputs, float[] weights, string inputName)
    {
        _weights = weights;
        _input = new float[inputs];
        _output = new float[outputs];
        Inputs = [new TensorInfo(inputName, TensorElement.Float32, [1, inputs])];
        Outputs = [new TensorInfo("logits", TensorElement.Float32, [1, outputs])];
    }

    /// <summary>Models loaded and not disposed of yet, in this test class's thread.</summary>
    [field: ThreadStatic]
    public static int Alive { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>Runs so far.</summary>
    public int Runs { get; private set; }

    /// <summary>Whether it was disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The file of a model with these weights.</summary>
    public static byte[] File(int inputs, int outputs, params float[] weights) => Encoding.UTF8.GetBytes(
        $"linear {inputs} {outputs}: {string.Join(' ', weights.Select(w => w.ToString("R", CultureInfo.InvariantCulture)))}");

    /// <summary>A <see cref="ModelLoader"/>. NaN among the weights makes every run fail.</summary>
    public static IModelRunner Load(ReadOnlyMemory<byte> model, RunnerOptions options)
    {
        string[] parts = Encoding.UTF8.GetString(model.Span).Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || parts[0] is not ("linear" or "otherwise-named"))
        {
            throw new ModelLoadException("not a linear model");
        }

        float[] weights = [.. parts.Skip(3).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        Alive++;
        return new LinearModel(
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            int.Parse(parts[2], CultureInfo.InvariantCulture),
            weights,
            parts[0] == "linear" ? "features" : "other");
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => MemoryMarshal.AsBytes(_input.AsSpan());

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index) => MemoryMarshal.AsBytes(_output.AsSpan());

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Runs++;
        if (_weights.Any(float.IsNaN))
        {
            throw new InferenceException("a weight is no number");
        }

        for (int row = 0; row < _output.Length; row++)
        {
            _output[row] = 0;
            for (int column = 0; column < _input.Length; column++)
            {
                _output[row] += _weights[(row * _input.Length) + column] * _input[column];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            Alive--;
        }
    }
}
