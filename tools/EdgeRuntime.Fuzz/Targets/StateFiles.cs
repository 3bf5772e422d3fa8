using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Fleet;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What a disk gives back after years, what an operator's programs send, and what a neighbour on the machine answers.</summary>
internal static class StateFiles
{
    private static readonly Mutation.Mutation[] Json = [JsonMutation.Change, JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc];
    private static readonly string Digest = new('a', 64);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "pointer",
            About = "a model's pointer file, whole and with any state under a good hash",
            Run = bytes => Pointer(bytes) | Pointer(Hashed(bytes)),
            Refuses = e => e is InvalidDataException,
            Seeds = () => [State("{\"a\":" + Package(1) + ",\"active_slot\":\"a\"}"), State("{\"a\":" + Package(1) + ",\"b\":" + Package(2) + ",\"active_slot\":\"b\"}"), State("{}")],
            Mutations = Json,
            Weight = 0.5,
        },
        new Target
        {
            Name = "rollout",
            About = "an operator's request for a rollout, as the fleet takes it over HTTP",
            Run = bytes =>
            {
                Mistakes mistakes = new();
                return Promise.Kept(StartRollout.Read(bytes, mistakes), mistakes);
            },
            Seeds = () => [Encoding.UTF8.GetBytes(Rollout)],
            Mutations = Json,
            Weight = 0.5,
        },
        new Target
        {
            Name = "fleet-configuration",
            About = "the fleet manager's configuration, fleet.json",
            Run = bytes =>
            {
                Mistakes mistakes = new();
                return Promise.Kept(FleetConfiguration.Read(bytes, Path.Combine(SeedFiles.Root, "tests/EdgeRuntime.Device.Tests/Fixtures/fleet.json"), mistakes), mistakes);
            },
            Seeds = () => [Encoding.UTF8.GetBytes(Fleet)],
            Mutations = Json,
            Weight = 0.5,
            BytesPerByte = 1500,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "live",
            About = "the live ledger that a socket answers with, as 'top' takes it",
            Run = bytes => JsonSerializer.Deserialize(bytes, LiveJson.Default.LiveLedger) is not null,
            Refuses = e => e is JsonException,
            Seeds = () => [Encoding.UTF8.GetBytes(Ledger)],
            Mutations = Json,
            Weight = 0.25,
        },
    ];

    private const string Rollout = "{\"package\":\"vitals@1.1.0\",\"stages\":[{\"name\":\"canary\",\"percent\":10},{\"percent\":100}],\"canary\":[\"press-1\"],"
        + "\"devices\":[\"press-1\",\"press-2\"],\"on_halt\":\"hold\",\"gate\":{\"max_p99_ratio\":1.5,\"max_p99_ms\":20,\"max_disagreement\":0.1,\"max_failed_installs\":1}}";

    private const string Fleet = "{\"state_dir\":\"data\",\"deploy_key\":\"keys/deploy.pub.pem\",\"release_keys\":[\"keys/release.pub.pem\"],\"instance\":\"plant\",\"log_level\":\"debug\","
        + "\"http\":{\"url\":\"http://127.0.0.1:8080\",\"allowed_hosts\":[\"fleet\"]},\"mqtt\":{\"host\":\"127.0.0.1\",\"port\":1883,\"root\":\"edge/v1\",\"user_name\":\"u\",\"password_file\":\"keys/deploy.pub.pem\"},"
        + "\"transfers\":{\"max_concurrent\":8,\"max_bytes_per_second\":1000000},\"retention\":{\"windows\":{\"days\":30,\"rows\":1000},\"rollouts\":{\"days\":1}}}";

    private const string Ledger = "{\"device\":\"press-1\",\"boot\":\"0123456789abcdef\",\"unix_ms\":1,\"uptime_ms\":2,\"link\":\"broker:1883\",\"link_up\":true,\"waiting\":0,\"dropped\":0,"
        + "\"collections\":1,\"paused_ms\":0.5,\"resident_bytes\":1000,\"sensors\":[],\"models\":[]}";

    private static bool Pointer(byte[] file)
    {
        try
        {
            LineState state = PointerFile.Decode(file);

            // What was read is written in the one form, and read again as the same.
            byte[] written = PointerFile.Encode(state);
            Promise.Require(PointerFile.Encode(PointerFile.Decode(written)).AsSpan().SequenceEqual(written), "writing and reading change it");
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Hashed(byte[] state) =>
        [.. Encoding.ASCII.GetBytes($"{{\"format\":1,\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(state))}\",\"state\":"), .. state, (byte)'}'];

    private static byte[] State(string json) => Encoding.UTF8.GetBytes(json);

    private static string Package(int counter) =>
        $"{{\"digest\":\"{Digest}\",\"version\":\"1.0.{counter}\",\"release_counter\":{counter},\"archive_sha256\":\"{Digest}\",\"size\":4096}}";
}
