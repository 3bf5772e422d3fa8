using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>A file of data, CSV or .npy, as a table.</summary>
internal static class DataFile
{
    private const long Largest = 512L * 1024 * 1024;

    /// <summary>True for a file that is named as an array.</summary>
    public static bool IsArray(string path) => Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a table; an array's first axis are its rows.</summary>
    /// <exception cref="CommandException">It cannot be read; all mistakes are listed, with line and column.</exception>
    public static DataTable Read(string path)
    {
        if (IsArray(path))
        {
            return OfArray(path);
        }

        Mistakes mistakes = new();
        return DataTable.Read(path, Files.Read(path, Largest), mistakes)
            ?? throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
    }

    private static DataTable OfArray(string path)
    {
        try
        {
            Tensor tensor = TensorFile.Read(path, new RawFormat(), new TensorInfo("", TensorElement.Undefined, []));
            int rows = tensor.Shape.Count > 1 ? (int)tensor.Shape[0] : (int)tensor.Count;
            double[] values = ArrayValues.Of(tensor);
            return rows == 0
                ? throw new CommandException(ExitCode.Data, $"{path}: is an empty array")
                : DataTable.Of(path, [.. values.Chunk(values.Length / rows)]);
        }
        catch (TensorFileException e)
        {
            throw new CommandException(ExitCode.Data, e.Message);
        }
    }
}
