using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Inference;

/// <summary>Reads a model's output as its manifest says: a class with probabilities, a value, a reconstruction error, or boxes.</summary>
/// <remarks>
/// Softmax is computed in double from the largest element down. The reconstruction error is the mean squared difference
/// between the model's input and its output, both scaled. Allocates nothing once made. Not thread-safe.
/// </remarks>
public sealed class OutputDecoder
{
    private readonly OutputKind _kind;
    private readonly bool _isSoftmax;
    private readonly int _outputLength;
    private readonly double[] _scores;
    private readonly DetectionDecoder? _detection;

    /// <summary>Makes a decoder for a model that fits; see <see cref="Mistakes"/>.</summary>
    /// <param name="outputLength">Elements of the model's output.</param>
    /// <param name="mapping">For detection: where the model's input lies in the picture.</param>
    /// <exception cref="ArgumentException">It does not fit; the message holds every mistake.</exception>
    public OutputDecoder(OutputSpec spec, int outputLength, ImageMapping? mapping = null)
    {
        // A reconstruction's input is seen with the first output only, and held against it then.
        IReadOnlyList<string> mistakes = Mistakes(spec, outputLength, outputLength);
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }

        _kind = KindOf(spec.Kind).GetValueOrDefault();
        _isSoftmax = spec.Activation == "softmax";
        _outputLength = outputLength;
        _scores = _kind == OutputKind.Classification ? new double[spec.Labels.Count] : [];
        if (_kind == OutputKind.Detection)
        {
            _detection = new DetectionDecoder(
                spec, outputLength, mapping ?? throw new ArgumentException("a detection needs a pipeline of pictures"));
        }
    }

    /// <summary>As <see cref="Decoded.Scores"/>, of the newest valid answer.</summary>
    public ReadOnlySpan<double> Scores => _detection is null ? _scores : _detection.Scores;

    /// <summary>Lists what keeps a manifest's output from being read off a model.</summary>
    /// <param name="inputLength">Elements of the model's input.</param>
    /// <param name="outputLength">Elements of the model's output.</param>
    /// <returns>Sentences behind the path of what they concern; empty when it fits.</returns>
    public static IReadOnlyList<string> Mistakes(OutputSpec spec, int inputLength, int outputLength)
    {
        List<string> mistakes = [];
        if (KindOf(spec.Kind) is not OutputKind kind)
        {
            mistakes.Add($"output.kind: '{spec.Kind}' is none of classification, regression, reconstruction, detection");
            return mistakes;
        }

        if (kind == OutputKind.Classification && spec.Activation is not ("softmax" or "none"))
        {
            mistakes.Add($"output.activation: '{spec.Activation}' is none of softmax, none");
        }

        if (kind == OutputKind.Classification && spec.Labels.Count < 2)
        {
            mistakes.Add($"output.labels: there are {spec.Labels.Count}, and a classification needs at least 2");
        }

        if (kind == OutputKind.Classification && spec.Labels.Count != outputLength)
        {
            mistakes.Add($"output.labels: there are {spec.Labels.Count} and the model's output has {outputLength} elements");
        }

        if (kind == OutputKind.Regression && outputLength != 1)
        {
            mistakes.Add($"output.kind: a regression reads 1 element and the model's output has {outputLength}");
        }

        if (kind == OutputKind.Reconstruction && inputLength != outputLength)
        {
            mistakes.Add($"output.kind: a reconstruction has the shape of its input; the model's input has {inputLength} "
                + $"elements and its output {outputLength}");
        }

        if (kind == OutputKind.Detection && DetectionDecoder.Mistake(spec, outputLength) is string mistake)
        {
            mistakes.Add(mistake);
        }

        return mistakes;
    }

    /// <summary>Reads one output. Allocates nothing.</summary>
    /// <param name="input">The model's input, scaled.</param>
    /// <param name="output">The model's output.</param>
    /// <exception cref="ArgumentException">The output does not have the length the decoder was made for, or a
    /// reconstruction's input does not have it.</exception>
    public Decoded Decode(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        if (output.Length != _outputLength || (_kind == OutputKind.Reconstruction && input.Length != _outputLength))
        {
            ThrowShape(input.Length, output.Length);
        }

        return _kind switch
        {
            OutputKind.Classification => Classify(output),
            OutputKind.Detection => _detection!.Decode(output),
            OutputKind.Regression => Decoded.Value(output[0]),
            _ => Decoded.Value(MeanSquaredDifference(input, output)),
        };
    }

    private Decoded Classify(ReadOnlySpan<float> output)
    {
        int best = 0;
        for (int i = 0; i < output.Length; i++)
        {
            if (!float.IsFinite(output[i]))
            {
                return Decoded.Invalid;
            }

            best = output[i] > output[best] ? i : best;
        }

        if (_isSoftmax)
        {
            Softmax(output, output[best], _scores);
        }
        else
        {
            Widen(output, _scores);
        }

        return Decoded.Class(best, _scores);
    }

    private static void Softmax(ReadOnlySpan<float> logits, double largest, Span<double> scores)
    {
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] = Math.Exp(logits[i] - largest);
            sum += scores[i];
        }

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] /= sum;
        }
    }

    private static void Widen(ReadOnlySpan<float> output, Span<double> scores)
    {
        for (int i = 0; i < output.Length; i++)
        {
            scores[i] = output[i];
        }
    }

    // In four sums, one for each place modulo 4, added up at the end: a fixed order on every processor, and none of them
    // waits for another.
    private static double MeanSquaredDifference(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        Vector128<double> low = Vector128<double>.Zero;
        Vector128<double> high = Vector128<double>.Zero;
        int whole = input.Length & ~3;
        for (int i = 0; i < whole; i += 4)
        {
            (Vector128<double> inputLow, Vector128<double> inputHigh) = Vector128.Widen(Vector128.Create(input.Slice(i, 4)));
            (Vector128<double> outputLow, Vector128<double> outputHigh) = Vector128.Widen(Vector128.Create(output.Slice(i, 4)));
            Vector128<double> differenceLow = inputLow - outputLow;
            Vector128<double> differenceHigh = inputHigh - outputHigh;
            low += differenceLow * differenceLow;
            high += differenceHigh * differenceHigh;
        }

        double sum = low[0] + low[1] + high[0] + high[1];
        for (int i = whole; i < input.Length; i++)
        {
            double difference = (double)input[i] - output[i];
            sum += difference * difference;
        }

        return sum / input.Length;
    }

    [DoesNotReturn]
    private void ThrowShape(int input, int output) => throw new ArgumentException(
        $"the model's input and output have {input} and {output} elements, where the output should have {_outputLength}");

    private static OutputKind? KindOf(string name) => name switch
    {
        "classification" => OutputKind.Classification,
        "regression" => OutputKind.Regression,
        "reconstruction" => OutputKind.Reconstruction,
        "detection" => OutputKind.Detection,
        _ => null,
    };

    private enum OutputKind
    {
        Classification,
        Regression,
        Reconstruction,
        Detection,
    }
}
