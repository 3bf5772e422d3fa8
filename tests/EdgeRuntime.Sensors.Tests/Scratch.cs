namespace EdgeRuntime.Sensors.Tests;

/// <summary>A directory of one test, gone after it.</summary>
public sealed class Scratch : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("sensors-").FullName;

    public static string Fixture(string path) => Path.Combine(AppContext.BaseDirectory, "Fixtures", path);

    /// <summary>Copies a fixture's files over those here, in place: who holds one open sees the new text.</summary>
    public Scratch Show(string fixture)
    {
        string from = Fixture(fixture);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(Root, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.WriteAllBytes(to, File.ReadAllBytes(file));
        }

        return this;
    }

    public string Write(string path, string text)
    {
        string to = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.WriteAllText(to, text);
        return to;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
