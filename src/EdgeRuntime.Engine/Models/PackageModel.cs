using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Models;

/// <summary>Models as they lie in a package: one file, or one with large tensors in other files of the package beside it.</summary>
public static class PackageModel
{
    /// <summary>The bytes to load, in one piece; empty when the package has no such file.</summary>
    /// <param name="file">Path in the package.</param>
    /// <exception cref="ModelLoadException">It keeps tensors in a file that is not in the package, or becomes more than twice
    /// as large as the package.</exception>
    public static ReadOnlyMemory<byte> Read(PackageArchive package, string file)
    {
        string directory = file[..(file.LastIndexOf('/') + 1)];
        int largest = (int)Math.Min(2L * package.Bytes.Length, int.MaxValue);
        return ExternalData.Inline(package.Find(file).GetValueOrDefault(), place => package.Find(directory + place), largest);
    }
}
