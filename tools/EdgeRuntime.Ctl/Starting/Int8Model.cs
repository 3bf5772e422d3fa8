using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Ctl.OnnxFiles.Int8;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Puts an int8 model in the place of a draft's float one, calibrated on the same data, where it answers alike.</summary>
internal static class Int8Model
{
    private const int CalibrationSamples = 200;
    private const int ValuesOfOneSample = 4096;

    // Where more answers differ, or the truth is met less often by more, the int8 model is another model.
    private const double LeastAgreement = 0.98;
    private const double MostLoss = 0.01;
    private const double MostError = 0.05;

    private static readonly string[] IntegerKernels =
        ["QLinearConv", "QGemm", "QLinearMatMul", "MatMulInteger", "MatMulIntegerToFloat", "ConvInteger", "DynamicQuantizeMatMul"];

    /// <summary>The draft with the int8 model, or as it was with the reason why.</summary>
    public static Draft Of(Draft draft, ModelContract contract, OnnxEnvironment environment, TimeProvider clock)
    {
        if (Rewritten(draft, contract, environment, out string? objection) is not { } bytes)
        {
            return draft with { Quantization = $"not quantized: {objection}" };
        }

        SampleRun run;
        try
        {
            run = SampleRun.Of(draft.Manifest, bytes, draft.Recording, environment, draft.Run.Answers.Count, clock);
        }
        catch (CommandException refused)
        {
            return draft with { Quantization = $"not quantized: {refused.Message}" };
        }

        (string comparison, bool alike) = Compare(draft, run);
        string sizes = string.Create(
            CultureInfo.InvariantCulture,
            $"{draft.Model.Length} -> {bytes.Length} bytes ({(double)bytes.Length / draft.Model.Length:0%}), "
                + $"{draft.Run.MedianMs:0.000} -> {run.MedianMs:0.000} ms here, {KernelsOf(bytes, environment)}; {comparison}");
        if (!alike)
        {
            return draft with { Quantization = $"not quantized, because it would answer otherwise: {sizes}" };
        }

        return draft with { Model = bytes, Run = run, IsQuantized = true, Quantization = sizes };
    }

    private static byte[]? Rewritten(Draft draft, ModelContract contract, OnnxEnvironment environment, out string? objection)
    {
        objection = null;
        OnnxFile? model = OnnxFile.TryParse(draft.Model);
        if (model is null || contract.IsQuantized)
        {
            objection = model is null ? "it is no ONNX file" : "it computes with integers already";
            return null;
        }

        if (draft.Manifest.Model.State is not null || draft.Manifest.Model.Constants is not null || contract.Inputs.Any(input => input.Element != TensorElement.Float32))
        {
            objection = "it keeps a state, takes constants, or takes other numbers than float32";
            return null;
        }

        GraphPreparation.LiftConstants(model);
        GraphPreparation.FoldNormalization(model);
        objection = GraphPreparation.Raise(model, contract.Answer.Shape.Count == 2 ? [contract.Answer.Name] : []);
        IReadOnlyList<WeightedLayer> layers = WeightedLayer.Of(model);
        objection ??= layers.Count == 0 ? "no Conv, Gemm or MatMul in it has constant weights of float32" : null;
        if (objection is not null)
        {
            return null;
        }

        model.Tidy();
        IReadOnlyList<string> values = Int8Graph.ValuesOf(model, layers);
        Dictionary<string, ActivationRange> ranges = Calibrate(draft, model, values, environment, out objection);
        if (objection is not null)
        {
            return null;
        }

        Int8Graph.Rewrite(model, layers, ranges);
        model.Tidy();
        return model.ToArray();
    }

    // Runs the float model with the values between its operators as further outputs.
    private static Dictionary<string, ActivationRange> Calibrate(
        Draft draft, OnnxFile model, IReadOnlyList<string> values, OnnxEnvironment environment, out string? objection)
    {
        objection = null;
        string[] inputs = [.. model.InputNames];
        string[] inner = [.. values.Except(inputs)];
        OnnxFile watched = OnnxFile.TryParse(model.ToArray())!;
        watched.Outputs.AddRange(inner.Select(value => (ReadOnlyMemory<byte>)OnnxFile.FloatOutput(value, null)));
        IReadOnlyList<InputSlice> layout = InputSlice.LayoutOf(draft.Manifest);
        Dictionary<string, List<float>> seen = values.ToDictionary(value => value, _ => new List<float>());
        try
        {
            using IModelRunner runner = environment.Load(watched.ToArray(), new RunnerOptions
            {
                InputShapes = draft.Manifest.Model.Shapes ?? new Dictionary<string, IReadOnlyList<long>>(),
                InputLengths = layout.ToDictionary(slice => slice.Tensor, slice => (long)slice.Length),
            });
            int step = Math.Max(1, draft.Run.Answers.Count / CalibrationSamples);
            for (int sample = 0; sample < draft.Run.Answers.Count; sample += step)
            {
                float[] features = draft.Run.Answers[sample].Input;
                foreach (InputSlice slice in layout)
                {
                    Span<float> memory = MemoryMarshal.Cast<byte, float>(runner.Input(IndexOf(runner.Inputs, slice.Tensor)));
                    features.AsSpan(slice.Offset, slice.Length).CopyTo(memory);
                    if (seen.TryGetValue(slice.Tensor, out List<float>? own))
                    {
                        Keep(own, memory);
                    }
                }

                runner.Run();
                foreach (string value in inner)
                {
                    Keep(seen[value], MemoryMarshal.Cast<byte, float>(runner.Output(IndexOf(runner.Outputs, value))));
                }
            }
        }
        catch (Exception e) when (e is ModelLoadException or InferenceException)
        {
            objection = $"the values between its operators cannot be seen: {e.Message}";
            return [];
        }

        if (seen.FirstOrDefault(value => value.Value.Count == 0).Key is { } unseen)
        {
            objection = $"no finite value of '{unseen}' was seen";
            return [];
        }

        return seen.ToDictionary(value => value.Key, value => ActivationRange.Of([.. value.Value], whole: inputs.Contains(value.Key)));
    }

    // Always the smallest and the largest, and some between.
    private static void Keep(List<float> seen, ReadOnlySpan<float> values)
    {
        int step = Math.Max(1, values.Length / ValuesOfOneSample);
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!float.IsFinite(value))
            {
                continue;
            }

            low = Math.Min(low, value);
            high = Math.Max(high, value);
            if (i % step == 0)
            {
                seen.Add(value);
            }
        }

        if (float.IsFinite(low))
        {
            seen.Add(low);
            seen.Add(high);
        }
    }

    private static int IndexOf(IReadOnlyList<TensorInfo> tensors, string name)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name == name)
            {
                return i;
            }
        }

        throw new ModelLoadException($"'{name}' is not there");
    }

    private static (string Comparison, bool Alike) Compare(Draft draft, SampleRun run)
    {
        AnswerMeaning meaning = draft.Meaning;
        (SampleAnswer Float, SampleAnswer Int8)[] pairs = [.. draft.Run.Answers.Zip(run.Answers)];
        bool finite = run.Answers.All(answer => answer.Output.All(float.IsFinite)) || draft.Run.Answers.Any(answer => !answer.Output.All(float.IsFinite));
        double loss = (meaning.Score(draft.Run, draft.Truth) - meaning.Score(run, draft.Truth)) ?? 0;
        string truth = meaning.Score(run, draft.Truth) is double score
            ? string.Create(CultureInfo.InvariantCulture, $", {meaning.Score(draft.Run, draft.Truth):0.0000} -> {score:0.0000} by the truth")
            : "";
        if (meaning.Classes.Count > 0)
        {
            double agreement = pairs.Count(pair => meaning.ClassOf(pair.Float) == meaning.ClassOf(pair.Int8)) / (double)pairs.Length;
            return (
                string.Create(CultureInfo.InvariantCulture, $"{agreement:0.0%} of {pairs.Length} answers agree{truth}"),
                finite && agreement >= LeastAgreement && loss <= MostLoss);
        }

        double[] all = [.. pairs.SelectMany(pair => pair.Float.Output.Select(value => (double)value))];
        double range = Math.Max(all.Max() - all.Min(), 1e-9);
        double error = Math.Sqrt(pairs.Average(pair => pair.Float.Output.Zip(pair.Int8.Output).Average(both => Math.Pow(both.First - both.Second, 2)))) / range;
        return (
            string.Create(CultureInfo.InvariantCulture, $"the answers differ by {error:0.00%} of their range{truth}"),
            finite && error <= MostError && loss <= MostLoss);
    }

    // Whether the library really computes with integers, by the graph as it runs it here.
    private static string KernelsOf(byte[] model, OnnxEnvironment environment)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            environment.WriteOptimizedGraph(model, path);
            OnnxFile? graph = OnnxFile.TryParse(File.ReadAllBytes(path));
            int integers = graph?.Nodes.Count(node => IntegerKernels.Contains(node.Op)) ?? 0;
            int floats = graph?.Nodes.Count(node => node.Op is "Conv" or "FusedConv" or "Gemm" or "FusedGemm" or "MatMul" or "FusedMatMul") ?? 0;
            return $"{integers} of {integers + floats} layers on integer kernels";
        }
        catch (Exception e) when (e is ModelLoadException or IOException)
        {
            return "its kernels are not known";
        }
        finally
        {
            File.Delete(path);
        }
    }
}
