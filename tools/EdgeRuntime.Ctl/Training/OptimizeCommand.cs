using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>optimize</c>: writes a model as ONNX Runtime runs it here, to see which operators became quantized ones.</summary>
internal static class OptimizeCommand
{
    public const string Usage = """
        usage: edgectl optimize MODEL --output FILE [--library PATH]

        Writes the graph as this ONNX Runtime optimizes it on this processor. To look at, not to deploy: the layout of
        the weights may suit only this kind of processor.
        """;

    public const string Example = "edgectl optimize tools/train/packages/vitals-2/model.onnx --output optimized.onnx";

    private const long LargestModel = 2L * 1024 * 1024 * 1024;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output", "--library"], []);
        string file = read.Required("--output");
        string model = read.RequiredFiles("MODEL")[0];
        read.Check();
        ReadOnlyMemory<byte> bytes = Files.Read(model, LargestModel);
        OnnxEnvironment environment;
        try
        {
            environment = OnnxEnvironment.Open(read.Text("--library"), around.Time);
        }
        catch (ModelLoadException missing)
        {
            throw new CommandException(ExitCode.Unavailable, missing.Message);
        }

        try
        {
            bytes = ExternalData.Inline(bytes, Path.GetDirectoryName(model) ?? "");
            environment.WriteOptimizedGraph(bytes, file);
            return ExitCode.Done;
        }
        catch (ModelLoadException refused)
        {
            throw new CommandException(ExitCode.Data, $"{model}: {refused.Message}");
        }
    }
}
