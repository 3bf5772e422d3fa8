using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Packages and orders that every story shares, signed once. Package N has version N.0.0, release counter N and gain N.
/// </summary>
internal static class Orders
{
    /// <summary>The package that every recovered device must still be able to take.</summary>
    public const int Next = 9;

    // As many configurations and programs as a story needs.
    private const int Others = 2;

    // Asked by all stories that are told at the same time.
    private static readonly ConcurrentDictionary<int, byte[]> Made = [];
    private static readonly ConcurrentDictionary<int, byte[]> MadeConfigurations = [];
    private static readonly ConcurrentDictionary<int, byte[]> MadePrograms = [];
    private static readonly HashSet<ModelId> OtherIds =
        [.. Enumerable.Range(1, Others).SelectMany(number => (byte[][])[Configuration(number), Program(number)]).Select(archive => PackageArchive.ReadUnverified(archive).Id)];

    private static readonly ConcurrentDictionary<(int Package, long Generation, bool Revert), byte[]> Signed = [];

    /// <summary>Generation of the order for <see cref="Next"/>: above all others.</summary>
    public const long NextGeneration = 100;

    /// <summary>All packages, as a manager keeps them.</summary>
    public static Dictionary<string, byte[]> Shelf { get; } = Enumerable.Range(1, Next).Select(Package)
        .Concat(Enumerable.Range(1, Others).SelectMany(number => (byte[][])[Configuration(number), Program(number)]))
        .ToDictionary(archive => PackageArchive.ReadUnverified(archive).ToReference(1024, false).ArchiveSha256);

    /// <summary>The archive of configuration N.</summary>
    public static byte[] Configuration(int number) => MadeConfigurations.GetOrAdd(number, static number => TestPackages.MakeConfiguration(number));

    /// <summary>The archive of program N.</summary>
    public static byte[] Program(int number) => MadePrograms.GetOrAdd(number, static number => TestPackages.MakeRuntime(number));

    /// <summary>Whether a package is one of the configurations or programs.</summary>
    public static bool IsNoModel(ModelId digest) => OtherIds.Contains(digest);

    /// <summary>A signed order for configuration N.</summary>
    public static byte[] ForConfiguration(int number, long generation) => For(TestPackages.ConfigurationName, Configuration(number), generation);

    /// <summary>A signed order for program N.</summary>
    public static byte[] ForProgram(int number, long generation) => For(TestPackages.RuntimeName, Program(number), generation);

    private static byte[] For(string line, byte[] archive, long generation) => SimulatedDevice.Order(
        generation, new Dictionary<string, PackageReference> { [line] = PackageArchive.ReadUnverified(archive).ToReference(1024) });

    /// <summary>The archive of package N.</summary>
    public static byte[] Package(int number) => Made.GetOrAdd(number, static number => TestPackages.Make(number, gain: number));

    /// <summary>A signed order for package N.</summary>
    public static byte[] For(int package, long generation, bool revert = false) => Signed.GetOrAdd((package, generation, revert), static order =>
    {
        PackageReference reference = PackageArchive.ReadUnverified(Package(order.Package)).ToReference(1024, order.Revert);
        return SimulatedDevice.Order(order.Generation, new Dictionary<string, PackageReference> { ["plant"] = reference });
    });

    /// <summary>The model file of package N, as a device loads it.</summary>
    public static string ModelOf(int package) => $"linear 2 2: {package} 0 0 {package}";
}
