using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Onnx;

/// <summary>
/// The verb <c>infer</c>: one model, one run, one JSON object. The same in every program that has it.
/// </summary>
public static class InferCommand
{
    /// <summary>The JSON object was printed.</summary>
    public const int Done = 0;

    /// <summary>The words after the verb are wrong (EX_USAGE).</summary>
    public const int BadUsage = 64;

    /// <summary>The model or a tensor file is missing, malformed or does not fit (EX_DATAERR).</summary>
    public const int BadData = 65;

    /// <summary>ONNX Runtime is missing or too old (EX_UNAVAILABLE).</summary>
    public const int NoLibrary = 69;

    /// <summary>The output took no more bytes (EX_IOERR).</summary>
    public const int CannotWrite = 74;

    /// <summary>Runs the verb. Nothing is printed to <paramref name="output"/> unless it succeeds.</summary>
    /// <param name="words">What stands after <c>infer</c>.</param>
    /// <param name="output">Takes the JSON object.</param>
    /// <param name="errors">Takes one sentence when the result is not 0.</param>
    /// <param name="audio">Reads audio files, where the program can; null where it cannot.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        IReadOnlyList<string> words, Stream output, TextWriter errors, TimeProvider time, AudioReader? audio = null)
    {
        if (words is ["--help"] or ["-h"])
        {
            using StreamWriter help = new(output, leaveOpen: true);
            help.WriteLine(InferArguments.Usage);
            return Done;
        }

        if (InferArguments.Parse(words, out string mistake) is not { } arguments)
        {
            errors.WriteLine($"infer: {mistake} (infer --help shows how it is used)");
            return BadUsage;
        }

        try
        {
            ReadOnlyMemory<byte> bytes = ReadModel(arguments.Model);
            if (Open(arguments.Library, time, errors) is not { } environment)
            {
                return NoLibrary;
            }

            if (arguments.Chunk is not null)
            {
                PrintRecording(environment, bytes, arguments, audio, output, time);
                return Done;
            }

            Infer(environment, bytes, arguments).WriteJson(output);
            return Done;
        }
        catch (Exception e) when (e is ModelLoadException or ModelBindingException or InferenceException)
        {
            errors.WriteLine($"infer: {arguments.Model}: {OneLine(e.Message)}");
            return BadData;
        }
        catch (TensorFileException e)
        {
            errors.WriteLine($"infer: {OneLine(e.Message)}");
            return BadData;
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException)
        {
            errors.WriteLine($"infer: {arguments.Model}: the tensors of this run do not fit into memory");
            return BadData;
        }
        catch (IOException e)
        {
            errors.WriteLine($"infer: the result could not be written: {e.Message}");
            return CannotWrite;
        }
    }

    // A model may give its tensors names with line feeds and worse in them, which stand in the sentences about it.
    private static string OneLine(string message) =>
        string.Concat(message.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    private static OnnxEnvironment? Open(string? library, TimeProvider time, TextWriter errors)
    {
        try
        {
            return OnnxEnvironment.Open(library, time);
        }
        catch (ModelLoadException e)
        {
            errors.WriteLine($"infer: {e.Message}");
            return null;
        }
    }

    private static void PrintRecording(
        OnnxEnvironment environment,
        ReadOnlyMemory<byte> bytes,
        InferArguments arguments,
        AudioReader? audio,
        Stream output,
        TimeProvider time)
    {
        using InferRecording recording = new(environment, bytes, arguments, audio, time);
        // Not disposed: the output is the caller's, who has more to do with it.
        BufferedStream lines = new(output);
        for (int chunk = 0; chunk < recording.Chunks; chunk++)
        {
            recording.Run(chunk).WriteJson(lines);
        }

        lines.Flush();
    }

    private static InferenceResult Infer(
        OnnxEnvironment environment, ReadOnlyMemory<byte> bytes, InferArguments arguments)
    {
        using OnnxModel model = environment.Read(bytes, new RunnerOptions());
        Tensor[] inputs = InferInputs.Read(model, arguments);
        InferenceResult result = model.Run(inputs);
        if (arguments.Repeat == 1)
        {
            return result;
        }

        double[] microseconds = new double[arguments.Repeat];
        microseconds[0] = result.Microseconds;
        for (int i = 1; i < microseconds.Length; i++)
        {
            result = model.Run(inputs);
            microseconds[i] = result.Microseconds;
        }

        Array.Sort(microseconds);
        double upper = microseconds[microseconds.Length / 2];
        double lower = microseconds[(microseconds.Length - 1) / 2];
        return result with { Microseconds = (lower + upper) / 2 };
    }

    private static ReadOnlyMemory<byte> ReadModel(string path)
    {
        try
        {
            return ExternalData.Inline(File.ReadAllBytes(path), Path.GetDirectoryName(path) ?? "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelLoadException("there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            bool isDirectory = Directory.Exists(path);
            throw new ModelLoadException(isDirectory ? "is a directory, not a model" : "this user may not read it");
        }
        catch (IOException e)
        {
            throw new ModelLoadException($"could not be read: {e.Message}");
        }
    }
}
