using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Bench;

/// <summary>
/// Our binding as one of the competitors: loads a model, then does what it is told line by line. The C++ and the node
/// program beside it speak the same lines, so that all can take turns in one run.
/// </summary>
/// <remarks>
/// <c>batch N</c>: nanoseconds a call, measured over N calls together after N / 10 others. <c>calls N</c>: p50 and p99 of N calls measured
/// one by one. <c>output</c>: the bytes of the first output in hexadecimal. Ours alone knows <c>allocated N</c>:
/// managed bytes of the whole process over N calls. The end of the lines ends the program.
/// </remarks>
internal static class Worker
{
    /// <param name="input">A file with the bytes of the first input.</param>
    public static int Serve(string model, string input, string library)
    {
        OnnxEnvironment environment = OnnxEnvironment.Open(library);
        using IModelRunner runner = environment.Load(File.ReadAllBytes(model), new RunnerOptions());
        File.ReadAllBytes(input).CopyTo(runner.Input(0));
        runner.Run();
        Console.WriteLine($"ready {environment.Version} exact={(OnnxEnvironment.ExactInt8Requested ? 1 : 0)}");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            int count = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
            Console.WriteLine(words[0] switch
            {
                "batch" => Batch(runner, count),
                "calls" => Calls(runner, count),
                "allocated" => Allocated(runner, count),
                _ => Convert.ToHexString(runner.Output(0)),
            });
        }

        return 0;
    }

    private static string Batch(IModelRunner runner, int count)
    {
        // It slept until its turn: what the others left in the caches is not what is measured.
        for (int i = 0; i < count / 10; i++)
        {
            runner.Run();
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            runner.Run();
        }

        double elapsed = Stopwatch.GetTimestamp() - start;
        return (elapsed / count).ToString("F1", CultureInfo.InvariantCulture);
    }

    private static string Calls(IModelRunner runner, int count)
    {
        // Linux counts nanoseconds, so a tick of the stopwatch is one.
        long[] times = new long[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            runner.Run();
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(times);
        return $"{times[count / 2]} {times[(int)(count * 0.99)]}";
    }

    private static string Allocated(IModelRunner runner, int count)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < count; i++)
        {
            runner.Input(0)[0] = (byte)i;
            runner.Run();
            _ = runner.Output(0)[0];
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before).ToString(CultureInfo.InvariantCulture);
    }
}
