namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// Reads one tensor from a file: .npy, .pb (ONNX TensorProto), .csv or raw .bin, told apart by the ending.
/// </summary>
public static class TensorFile
{
    /// <summary>The endings that <see cref="Read"/> knows, as a sentence names them.</summary>
    public const string Endings = ".npy, .pb, .csv or .bin";

    /// <summary>Reads a file whole.</summary>
    /// <param name="raw">What the bytes of a .bin file mean; the other formats say it themselves.</param>
    /// <param name="declared">
    /// The model's own declaration, for what a .bin file and <paramref name="raw"/> leave open.
    /// </param>
    /// <exception cref="TensorFileException">
    /// The file cannot be read or is malformed; the message begins with its path.
    /// </exception>
    public static Tensor Read(string path, RawFormat raw, TensorInfo declared)
    {
        try
        {
            return Parse(Path.GetExtension(path).ToLowerInvariant(), Load(path), raw, declared);
        }
        catch (TensorFileException e)
        {
            throw new TensorFileException($"{path}: {e.Message}");
        }
    }

    private static Tensor Parse(string ending, byte[] content, RawFormat raw, TensorInfo declared) => ending switch
    {
        ".npy" => NpyFile.Parse(content),
        ".pb" => TensorProtoFile.Parse(content),
        ".csv" => declared.Element == TensorElement.Text ? CsvText.Parse(content) : CsvFile.Parse(content),
        ".bin" => raw.Parse(content, declared),
        _ => throw new TensorFileException($"is not a kind of tensor file that is known here; give {Endings}"),
    };

    private static byte[] Load(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TensorFileException("there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new TensorFileException(
                Directory.Exists(path) ? "is a directory, not a file" : "this user may not read it");
        }
        catch (IOException e)
        {
            throw new TensorFileException($"could not be read: {e.Message}");
        }
    }
}
