using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Files that people write: configuration, profile, manifest and its companions, recordings.</summary>
internal static class WrittenFiles
{
    // An entry of two bytes in an array of objects is read as an object without any of its members: a reader and a sentence
    // for each of them. Linear all the same.
    private const long BytesOfEntries = 1500;

    private static readonly Mutation.Mutation[] Json = [JsonMutation.Change, JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc];
    private static readonly ModelManifest[] Manifests = [.. ReadManifests()];

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "json",
            About = "the parser under every file that people write",
            Run = Syntax,
            Seeds = () => SeedFiles.Of("tests", "*.json"),
            Mutations = Json,
            Weight = 1.5,
        },
        new Target
        {
            Name = "configuration",
            About = "the device's configuration, edge.json",
            Run = bytes => Read(mistakes => ConfigurationReader.Read(bytes, Path.Combine(SeedFiles.Root, "tests/EdgeRuntime.Device.Tests/Fixtures/valid/edge.json"), mistakes)),
            Seeds = () => SeedFiles.Of("tests/EdgeRuntime.Device.Tests/Fixtures", "*.json"),
            Mutations = Json,
            BytesPerByte = BytesOfEntries,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "profile",
            About = "a device profile",
            Run = bytes => Read(mistakes => DeviceProfile.Parse(bytes, "board.json", [Path.Combine(SeedFiles.Root, "device-profiles")], mistakes)),
            Seeds = () => [.. SeedFiles.Of("device-profiles", "*.json"), .. SeedFiles.Of("tests/EdgeRuntime.Device.Tests/Fixtures", "*.json")],
            Mutations = Json,

            // Its own bytes may name any of the shipped boards, which are then read too.
            BytesPerByte = BytesOfEntries,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "manifest",
            About = "a package's manifest.json, finished and as source",
            Run = bytes => Read(mistakes => ManifestReader.Read(bytes, mistakes, "manifest.json", bytes.Length % 4 == 0 ? ManifestForm.Source : ManifestForm.Packed)),
            Seeds = () => [.. SeedFiles.Of("tests/EdgeRuntime.Contracts.Tests/Fixtures", "*manifest*.json"), .. SeedFiles.Of("tools/train", "manifest*.json")],
            Mutations = Json,
            Weight = 1.5,
            BytesPerByte = BytesOfEntries,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "reference",
            About = "a package's reference.json against its manifest",
            Run = bytes => Read(mistakes => ReferenceReader.Read(bytes, Manifests[bytes.Length % Manifests.Length], mistakes)),
            Seeds = () => SeedFiles.Of("tests/EdgeRuntime.Contracts.Tests/Fixtures", "*reference*.json"),
            Mutations = Json,
            BytesPerByte = BytesOfEntries,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "golden",
            About = "a package's golden vectors against its manifest",
            Run = bytes => Read(mistakes => GoldenReader.Read(bytes, Manifests[bytes.Length % Manifests.Length], mistakes)),
            Seeds = () => SeedFiles.Of("tests/EdgeRuntime.Contracts.Tests/Fixtures", "*golden*.json"),
            Mutations = Json,
            BytesPerByte = BytesOfEntries,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "signature",
            About = "a package's manifest.sig.json",
            Run = bytes => Read(mistakes => ManifestSignature.Read(bytes, mistakes)),
            Seeds = () => [SampleKeys.Signature],
            Mutations = Json,
            Weight = 0.5,
        },
        new Target
        {
            Name = "recording",
            About = "a recording in CSV, with and without a rate",
            Run = bytes => RecordingReader.Read(
                new StreamReader(new MemoryStream(bytes)),
                new ReplayOptions { Path = "r.csv", RateHz = bytes.Length % 2 == 0 ? 10 : 0, MaxValues = 100_000 }).Channels.Count > 0,
            Refuses = e => e is RecordingException,
            Seeds = Recordings,
            Mutations = [LineMutation.Change, LineMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
    ];

    // A value may come with mistakes here: a name that stands there twice does not stop the parser.
    private static bool Syntax(byte[] bytes)
    {
        Mistakes mistakes = new();
        JsonValue? value = JsonFile.Parse(bytes, "f.json", mistakes);
        Promise.Require(value is not null || mistakes.Any, "a null came without a mistake");
        return Promise.Shown(mistakes) && value is not null;
    }

    private static bool Read(Func<Mistakes, object?> read)
    {
        Mistakes mistakes = new();
        return Promise.Kept(read(mistakes), mistakes);
    }

    private static IEnumerable<ModelManifest> ReadManifests()
    {
        foreach (byte[] bytes in SeedFiles.Of("tests/EdgeRuntime.Contracts.Tests/Fixtures/valid", "manifest_*.json"))
        {
            if (ManifestReader.Read(bytes, new Mistakes()) is ModelManifest manifest)
            {
                yield return manifest;
            }
        }
    }

    private static IEnumerable<byte[]> Recordings()
    {
        string[] texts =
        [
            "unix_ms,temperature[Cel],label\n1700000000000,20.5,ok\n1700000000100,,ok\n1700000000200,21,\"hot, very\"\n",
            "seconds,a,b\n0,1,2\n0.5,nan,4\n1,5,6\n",
            "a,b\r\n1,2\r\n3,4\r\n",
            "\"a\"\"b\",c[m/s2]\n1e3,-2.5\n",
        ];
        return [.. texts.Select(Encoding.UTF8.GetBytes), .. SeedFiles.OfMaterial("*.csv").Select(bytes => bytes[..Math.Min(bytes.Length, 4096)])];
    }
}
