using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>Keyword spotting over the labelled inputs of the test material: how many are right.</summary>
internal static class Keywords
{
    // From the material's SOURCES.md: how its int8 features become the model's float input.
    private const double Scale = 0.5847029089927673;
    private const int ZeroPoint = 83;

    /// <summary>Prints <c>RIGHT OF</c> for the inputs whose names end in their label.</summary>
    public static int Count(string material, string library)
    {
        byte[] model = File.ReadAllBytes(ModelIn(material));
        using IModelRunner runner = OnnxEnvironment.Open(library).Load(model, new RunnerOptions());
        string[] files = Directory.GetFiles(Path.Combine(material, "kws", "features"), "*.bin");
        int right = 0;
        foreach (string file in files)
        {
            float[] input = [.. Decode(File.ReadAllBytes(file)).Select(value => (float)value)];
            input.CopyTo(MemoryMarshal.Cast<byte, float>(runner.Input(0)));
            runner.Run();
            ReadOnlySpan<float> scores = MemoryMarshal.Cast<byte, float>(runner.Output(0));
            int best = 0;
            for (int i = 1; i < scores.Length; i++)
            {
                best = scores[i] > scores[best] ? i : best;
            }

            string name = Path.GetFileNameWithoutExtension(file);
            right += best == int.Parse(name[(name.LastIndexOf('_') + 1)..], CultureInfo.InvariantCulture) ? 1 : 0;
        }

        Console.WriteLine($"{right} {files.Length}");
        return 0;
    }

    public static string ModelIn(string material) => Path.Combine(material, "kws", "kws_ref_model_int8_qdq.onnx");

    /// <summary>One input of the material as the bytes of the model's input.</summary>
    public static byte[] SampleIn(string material)
    {
        float[] input = [.. AllIn(material).First().Select(value => (float)value)];
        return MemoryMarshal.AsBytes<float>(input).ToArray();
    }

    /// <summary>All inputs of the material in the order of their names, 49 frames of 10 coefficients each.</summary>
    public static IEnumerable<double[]> AllIn(string material)
    {
        string[] files = Directory.GetFiles(Path.Combine(material, "kws", "features"), "*.bin");
        Array.Sort(files, StringComparer.Ordinal);
        return files.Select(file => Decode(File.ReadAllBytes(file)));
    }

    private static double[] Decode(byte[] features) =>
        Array.ConvertAll(features, value => ((sbyte)value - ZeroPoint) * Scale);
}
