using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Device.Configuration;

/// <summary>What a kind of board can do: data that inherits, never code. See device-profiles/README.md.</summary>
public sealed record DeviceProfile
{
    /// <summary>Name, as the file's own.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence.</summary>
    public string? Description { get; init; }

    /// <summary>.NET's name of the processor architecture, such as <c>x64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Texts in the device tree's <c>compatible</c> by which the board is known.</summary>
    public IReadOnlyList<string> Compatible { get; init; } = [];

    /// <summary>Groups of equal cores. (default: none stated)</summary>
    public IReadOnlyList<CoreGroup> Cores { get; init; } = [];

    /// <summary>Instruction sets that decide which kernels run, by the kernel's names. (default: none stated)</summary>
    public IReadOnlyList<string> InstructionSets { get; init; } = [];

    /// <summary>Sizes of memory that the board is sold with, bytes.</summary>
    public IReadOnlyList<long> MemoryBytes { get; init; } = [];

    /// <summary>How models are run.</summary>
    public InferenceOptions Inference { get; init; } = new();

    /// <summary>How the sample paths are kept on time.</summary>
    public RealTimeOptions RealTime { get; init; } = new();

    /// <summary>What may be used up.</summary>
    public DeviceLimits Limits { get; init; } = new();

    /// <summary>What the board draws.</summary>
    public PowerFacts Power { get; init; } = new();

    /// <summary>Buses that programs can open.</summary>
    public IReadOnlyList<BoardBus> Buses { get; init; } = [];

    /// <summary>Pins of the headers that are lines of a GPIO chip.</summary>
    public IReadOnlyList<HeaderPin> Pins { get; init; } = [];

    /// <summary>Thermal zones with the temperatures at which something happens.</summary>
    public IReadOnlyList<ThermalZone> Thermal { get; init; } = [];

    /// <summary>The hardware's watchdog.</summary>
    public WatchdogFacts? Watchdog { get; init; }

    /// <summary>What can be stored on.</summary>
    public IReadOnlyList<StorageFacts> Storage { get; init; } = [];

    /// <summary>Versions of ONNX Runtime that are known to fail on the board.</summary>
    public IReadOnlyList<LibraryRisk> LibraryRisks { get; init; } = [];

    /// <summary>Where each fact comes from: a member's path, and the document with what it says.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of <c>libonnxruntime.so.1</c>; null for the one that was shipped, or the system's.</summary>
    public string? OnnxRuntimeLibrary => Inference.Library;

    /// <summary>Largest package that is fetched or loaded, bytes.</summary>
    public long PackageBytesMax => Limits.PackageBytesMax;

    /// <summary>Bytes that stay free on the disk of the state directory.</summary>
    public long DiskReserveBytes => Limits.DiskReserveBytes;

    /// <summary>Reads a profile and those it inherits from, with all their mistakes; refuses one for another processor.</summary>
    /// <param name="name">A name, looked for in <paramref name="directories"/>, or a path that ends in <c>.json</c>.</param>
    /// <returns>Null when there was any mistake; then <paramref name="mistakes"/> says which.</returns>
    public static DeviceProfile? Load(string name, IReadOnlyList<string> directories, Mistakes mistakes) =>
        Read(ProfileFiles.Read(name, directories, mistakes), mistakes, Here);

    /// <summary>As <see cref="Load"/>, for any machine's processor: to look at, not to run on.</summary>
    public static DeviceProfile? Inspect(string name, IReadOnlyList<string> directories, Mistakes mistakes) =>
        Read(ProfileFiles.Read(name, directories, mistakes), mistakes, null);

    /// <summary>Reads a profile's bytes, and those it inherits from; as <see cref="Inspect"/>.</summary>
    internal static DeviceProfile? Parse(ReadOnlySpan<byte> utf8, string file, IReadOnlyList<string> directories, Mistakes mistakes) =>
        Read(ProfileFiles.Read(utf8, file, directories, mistakes), mistakes, null);

    /// <summary>What stands in a profile and those it inherits from, to compare with a later reading.</summary>
    internal static JsonValue? Source(string name, IReadOnlyList<string> directories, Mistakes mistakes) =>
        ProfileFiles.Read(name, directories, mistakes).Merged;

    /// <summary>This machine's architecture, as profiles name it.</summary>
    internal static string Here => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    // Every file by itself first, so that a value is judged even where another lies over it, and even where one of the files
    // is missing; then what they make together.
    private static DeviceProfile? Read(ProfileLine line, Mistakes mistakes, string? machine)
    {
        foreach (ProfileFile file in line.Files)
        {
            JsonObjectReader.Read(file.Value.OverNothing(), "", mistakes, root => DeviceProfileReader.ReadPart(root, file.Name));
        }

        if (line.Merged is not JsonValue merged)
        {
            return null;
        }

        // What was told of a file by itself is not told again of what it makes with others; the path may differ by what is appended.
        Mistakes together = new();
        DeviceProfile profile = JsonObjectReader.Read(merged, "", together, root => DeviceProfileReader.Read(root, machine));
        foreach (Mistake mistake in together)
        {
            if (!mistakes.Any(told => told.Position == mistake.Position && told.File == mistake.File && told.Sentence == mistake.Sentence))
            {
                mistakes.Add(mistake);
            }
        }

        return mistakes.Found == line.Before ? profile : null;
    }
}

/// <summary>How models are run; what the fleet's packages say is not repeated here.</summary>
public sealed record InferenceOptions
{
    /// <summary>Path of <c>libonnxruntime.so.1</c>. (default: null: the one that was shipped, else the system's)</summary>
    public string? Library { get; init; }

    /// <summary>Threads inside one operator. (default: 1; 1 to 64)</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Whether waiting threads burn their core. (default: false)</summary>
    public bool Spinning { get; init; }

    /// <summary>Whether the library keeps freed memory for the next run. (default: true)</summary>
    public bool Arena { get; init; } = true;

    /// <summary>Whether numbers too small for full precision count as 0. (default: false)</summary>
    public bool DenormalsAsZero { get; init; }

    /// <summary>Whether the graph is kept as this processor's library optimized it. (default: true)</summary>
    public bool GraphCache { get; init; } = true;

    /// <summary>Execution providers in the order of preference. (default: none: the processor alone)</summary>
    public IReadOnlyList<ProviderOptions> Providers { get; init; } = [];

    /// <summary>As the engine takes it.</summary>
    public RunnerOptions ForRunner() => new()
    {
        IntraOpThreads = IntraOpThreads,
        Spinning = Spinning,
        Arena = Arena,
        DenormalsAsZero = DenormalsAsZero,
        Providers = Providers,
    };
}

/// <summary>What may be used up.</summary>
public sealed record DeviceLimits
{
    /// <summary>Largest package that is fetched or loaded, bytes. (default: 64 MiB; 1 KiB to 4 GiB)</summary>
    public long PackageBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Largest package with a program of the device that is fetched or started, bytes. (default: 128 MiB; 1 MiB to 1 GiB)</summary>
    public long RuntimeBytesMax { get; init; } = 128L * 1024 * 1024;

    /// <summary>Bytes that stay free on the disk of the state directory. (default: 16 MiB; 0 to 1 TiB)</summary>
    public long DiskReserveBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Resident memory that the process should stay below, bytes; told when passed. (default: null: not stated)</summary>
    public long? ResidentBytesMax { get; init; }

    /// <summary>Processor time that the process should stay below, in cores; told when passed. (default: null: not stated)</summary>
    public double? CpuCoresMax { get; init; }

    /// <summary>Share of one core that a candidate may use beside the model that answers; a package may ask for less. (default: 0.2; 0.001 to 1)</summary>
    public double ShadowCpuShareMax { get; init; } = 0.2;
}
