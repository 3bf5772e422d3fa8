using EdgeRuntime.Bench;
using EdgeRuntime.Bench.Monitoring;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

const int BadUsage = 64; // EX_USAGE
const int Failed = 70; // EX_SOFTWARE

try
{
    return args switch
    {
        ["inference", .. string[] options] => InferenceSuite.Run(SuiteOptions.Parse(options)),
        ["realtime", .. string[] options] => InferenceSuite.RunRealTime(SuiteOptions.Parse(options)),
        ["updates", .. string[] options] => UpdatesSuite.Run(UpdatesOptions.Parse(options)),
        ["monitoring", .. string[] options] => MonitoringSuite.Run(MonitoringOptions.Parse(options)),
        ["worker", string model, string input, string library] => Worker.Serve(model, input, library),
        ["step", string name, string model, string frames, string library] => StepWorker.Serve(name, model, frames, library),
        ["overload", string policy, string model, string frames, string library, string seconds] =>
            OverloadRun.Print(policy, model, frames, library, seconds),
        ["keywords", string material, string library] => Keywords.Count(material, library),
        ["infer", .. string[] words] =>
            InferCommand.Run(words, Console.OpenStandardOutput(), Console.Error, TimeProvider.System),
        _ => Refuse("say what to measure: edge-bench inference (tools/bench calls it with all that it needs)"),
    };
}
catch (Exception e) when (e is ModelLoadException or InferenceException or IOException or BenchException)
{
    Console.Error.WriteLine($"edge-bench: {e.Message}");
    return Failed;
}

static int Refuse(string sentence)
{
    Console.Error.WriteLine($"edge-bench: {sentence}");
    return BadUsage;
}
