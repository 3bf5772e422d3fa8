using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Inference;

/// <summary>What one run of a model answered, and how long it took.</summary>
/// <param name="Outputs">In the model's own order.</param>
/// <param name="Microseconds">Time inside the model alone: no file, no conversion.</param>
public sealed record InferenceResult(IReadOnlyList<Tensor> Outputs, double Microseconds)
{
    private const int ValuesBetweenFlushes = 4096;

    // Only what JSON itself demands is escaped: this is printed for people and programs, never put into a page as it is.
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes one JSON object and a line feed; a large tensor is written in parts, never held as text.
    /// </summary>
    /// <remarks>
    /// Shortest digits that read back the same as float32 or float64. What JSON has no number for stands as "NaN",
    /// "Infinity", "-Infinity".
    /// </remarks>
    public void WriteJson(Stream to)
    {
        using Utf8JsonWriter json = new(to, Options);
        json.WriteStartObject();
        json.WriteStartArray("outputs");
        foreach (Tensor output in Outputs)
        {
            WriteTensor(json, output);
        }

        json.WriteEndArray();
        json.WriteNumber("microseconds", Math.Round(Microseconds, 3));
        json.WriteEndObject();
        json.Flush();
        to.WriteByte((byte)'\n');
        to.Flush();
    }

    private static void WriteTensor(Utf8JsonWriter json, Tensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("type", tensor.Element.Name());
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("values");
        if (tensor.Element == TensorElement.Text)
        {
            foreach (string text in tensor.Strings)
            {
                json.WriteStringValue(text);
            }
        }
        else
        {
            WriteNumbers(json, tensor);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, Tensor tensor)
    {
        ElementReader reader = new(tensor);
        long count = tensor.Count;
        for (int i = 0; i < count; i++)
        {
            WriteNumber(json, tensor.Element, reader, i);
            if (i % ValuesBetweenFlushes == ValuesBetweenFlushes - 1)
            {
                json.Flush();
            }
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, TensorElement element, ElementReader reader, int index)
    {
        double value = reader.Number(index);
        if (!double.IsFinite(value))
        {
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
            return;
        }

        switch (element)
        {
            case TensorElement.Bool:
                json.WriteBooleanValue(value != 0);
                break;
            case TensorElement.UInt64:
                json.WriteNumberValue((ulong)reader.Integer(index));
                break;
            case TensorElement.Float64:
                json.WriteNumberValue(value);
                break;
            default:
                if (reader.IsInteger)
                {
                    json.WriteNumberValue((long)reader.Integer(index));
                }
                else
                {
                    // Exact for the shorter floats too: their own shortest digits, such as 65500 for the half 65504,
                    // read back wrong by whoever does not know the type.
                    json.WriteNumberValue((float)value);
                }

                break;
        }
    }
}
