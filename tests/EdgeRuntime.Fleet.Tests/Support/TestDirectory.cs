namespace EdgeRuntime.Fleet.Tests.Support;

/// <summary>A directory of its own for one test, gone afterwards.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edge-fleet-test-").FullName;

    public string Under(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
