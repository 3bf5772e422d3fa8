using EdgeRuntime.Tests;

namespace EdgeRuntime.Onnx.Tests;

/// <summary>Where the library and the test material are, if they are here at all.</summary>
internal static class Surroundings
{
    private static readonly Lazy<OnnxEnvironment> Opened = new(() => OnnxEnvironment.Open(Library));

    /// <summary>The directory with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The library, from EDGE_ONNXRUNTIME or where the tools put it; null when it is in neither place.
    /// </summary>
    public static string? Library { get; } = FindLibrary();

    /// <summary>The directory with the test material; null when it is not here.</summary>
    public static string? Material { get; } = FindMaterial();

    /// <summary>The one environment of this process.</summary>
    public static OnnxEnvironment Environment => Opened.Value;

    public static string MaterialPath(params string[] parts) => Path.Combine([Material!, .. parts]);

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "EdgeRuntime.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("these tests run inside the repository");
    }

    private static string? FindLibrary()
    {
        string? named = System.Environment.GetEnvironmentVariable("EDGE_ONNXRUNTIME");
        return string.IsNullOrEmpty(named) ? FetchedLibrary.File : named;
    }

    private static string? FindMaterial()
    {
        string? named = System.Environment.GetEnvironmentVariable("EDGE_MATERIAL");
        string beside = Path.GetFullPath(Path.Combine(Root, "..", "shared", "material"));
        string place = string.IsNullOrEmpty(named) ? beside : named;
        return Directory.Exists(place) ? place : null;
    }
}
