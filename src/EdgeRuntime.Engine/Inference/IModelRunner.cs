using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Inference;

/// <summary>
/// One loaded model whose input and output memory is bound once, so that running it allocates no managed memory.
/// Two kinds exist: ONNX Runtime, and one computed in plain C# for tests and simulation.
/// </summary>
/// <remarks>Not thread-safe: <see cref="Input"/> and <see cref="Output"/> are the same memory on every run.</remarks>
public interface IModelRunner : IDisposable
{
    /// <summary>The model's inputs in its own order; every dimension fixed and at least 1, none for a scalar.</summary>
    IReadOnlyList<TensorInfo> Inputs { get; }

    /// <summary>
    /// The outputs that were asked for, in the model's own order; every dimension fixed and at least 1, none for a scalar.
    /// </summary>
    IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>How it came to be loaded; of a runner with nothing to tell, the processor alone.</summary>
    RunnerReport Report => RunnerReport.Plain;

    /// <summary>Raw memory of one input, to be written before <see cref="Run"/>: row-major, little endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    Span<byte> Input(int index);

    /// <summary>Raw memory of one output, to be read after <see cref="Run"/>; overwritten by the next run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    ReadOnlySpan<byte> Output(int index);

    /// <summary>Runs the model once on what stands in its inputs.</summary>
    /// <exception cref="InferenceException">The graph failed; the outputs are then unspecified.</exception>
    void Run();
}

/// <summary>Loads a model from its bytes, already verified. The bytes may be reused once the call returns.</summary>
/// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
public delegate IModelRunner ModelLoader(ReadOnlyMemory<byte> model, RunnerOptions options);

/// <summary>How a model was loaded, to be told to whoever looks after the device.</summary>
/// <param name="Providers">Execution providers that take part, in order, without the processor, which always does.</param>
/// <param name="Fallbacks">One sentence for everything that was asked for and is not so; empty when all is.</param>
/// <param name="LoadMs">Time the load took, milliseconds.</param>
/// <param name="FromCache">Whether the graph came optimized out of the device's cache.</param>
public sealed record RunnerReport(
    IReadOnlyList<string> Providers, IReadOnlyList<string> Fallbacks, double LoadMs, bool FromCache)
{
    /// <summary>The processor alone, and nothing to tell.</summary>
    public static RunnerReport Plain { get; } = new([], [], 0, false);
}

/// <summary>Name, element type and shape of one tensor.</summary>
/// <param name="Shape">Row-major dimensions; -1 for one the model leaves open; empty for a scalar.</param>
public sealed record TensorInfo(string Name, TensorElement Element, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements, open dimensions counted as 1.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * Math.Max(size, 1));

    /// <summary>What the model's own operators say its codes stand for; null when they say nothing.</summary>
    public QuantizationSpec? Quantization { get; init; }
}

/// <summary>Element types of tensors, numbered as in the ONNX standard (TensorProto.DataType).</summary>
public enum TensorElement
{
    /// <summary>Not a type this program knows.</summary>
    Undefined = 0,

    /// <summary>32-bit IEEE 754.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit.</summary>
    Int64 = 7,

    /// <summary>UTF-8 text.</summary>
    Text = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>16-bit IEEE 754.</summary>
    Float16 = 10,

    /// <summary>64-bit IEEE 754.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit.</summary>
    UInt64 = 13,

    /// <summary>16-bit brain floating point.</summary>
    BFloat16 = 16,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinity.</summary>
    Float8E4M3FN = 17,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinity, no negative zero.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits.</summary>
    Float8E5M2 = 19,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits, no infinity, no negative zero.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>Unsigned 4-bit, two to a byte, the first in the low half.</summary>
    UInt4 = 21,

    /// <summary>Signed 4-bit, two to a byte, the first in the low half.</summary>
    Int4 = 22,

    /// <summary>4-bit float, 2 exponent bits and 1 mantissa bit, two to a byte, the first in the low half.</summary>
    Float4E2M1 = 23,

    /// <summary>8-bit power of two, exponents -127 to 127, no sign: a scale.</summary>
    Float8E8M0 = 24,

    /// <summary>Unsigned 2-bit, four to a byte, the first in the lowest bits.</summary>
    UInt2 = 25,

    /// <summary>Signed 2-bit, four to a byte, the first in the lowest bits.</summary>
    Int2 = 26,
}

/// <summary>A model could not be loaded; nothing changed.</summary>
public sealed class ModelLoadException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A loaded model failed while running.</summary>
public sealed class InferenceException(string message) : Exception(message);
