using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Reads what somebody has as a table: CSV, or an .npy array whose first axis are the rows.</summary>
internal static class DataFile
{
    private const long Largest = 512L * 1024 * 1024;

    /// <summary>True for a file that is read as an array.</summary>
    public static bool IsArray(string path) => Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a table.</summary>
    /// <exception cref="CommandException">It is not there, or no table; all its mistakes are listed.</exception>
    public static DataTable Read(string path)
    {
        Mistakes mistakes = new();
        return Read(path, mistakes) ?? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
    }

    /// <summary>Reads a table.</summary>
    /// <returns>Null when there are mistakes, which stand there.</returns>
    /// <exception cref="CommandException">It is not there, may not be read or is too long.</exception>
    public static DataTable? Read(string path, Mistakes mistakes)
    {
        byte[] content = Files.Read(path, Largest);
        if (!IsArray(path))
        {
            return DataTable.Read(path, content, mistakes);
        }

        try
        {
            Tensor tensor = TensorFile.Read(path, new RawFormat(), new TensorInfo("", TensorElement.Undefined, []));
            int rows = tensor.Shape.Count > 1 ? (int)tensor.Shape[0] : (int)tensor.Count;
            double[] values = ArrayValues.Of(tensor);
            if (values.Length > 0)
            {
                return DataTable.Of(path, [.. values.Chunk(values.Length / rows)]);
            }

            mistakes.AddFile(path, "is an empty array");
        }
        catch (TensorFileException e)
        {
            mistakes.AddFile(path, e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message[path.Length..].TrimStart(':', ' ') : e.Message);
        }

        return null;
    }
}
