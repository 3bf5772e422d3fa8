using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeRuntime.Fleet.Tests;

public sealed class FleetConfigurationTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public FleetConfigurationTests()
    {
        TestPackages.DeployKey.Save(_directory.Under("deploy.key"));
        File.WriteAllText(_directory.Under("release.pub"), TestPackages.ReleaseKey.Public.ToPem());
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_small_file_gets_the_defaults_and_paths_relative_to_itself()
    {
        (FleetOptions? options, _) = Load("""{"state_dir":"data","deploy_key":"deploy.key","release_keys":["release.pub"]}""");

        Assert.NotNull(options);
        Assert.Equal(_directory.Under("data"), options.StateDirectory);
        Assert.Equal(new Uri("http://127.0.0.1:8080"), options.HttpUrl);
        Assert.Equal(("127.0.0.1", 1883, "edge/v1"), (options.MqttHost, options.MqttPort, options.MqttRoot));
        Assert.Equal([TufKey.OfEcdsa(TestPackages.DeployKey.Public).Id], options.DeployKeys.Select(key => key.Public.Id));
        Assert.Equal([TestPackages.ReleaseKey.Public.KeyId], options.ReleaseKeys.Select(key => key.KeyId));
        Assert.Equal(LogLevel.Warning, options.LogLevel);
    }

    [Fact]
    public void The_command_line_lies_over_the_file()
    {
        (FleetOptions? options, _) = Load(
            """{"state_dir":"data","deploy_key":"deploy.key","release_keys":["release.pub"],"mqtt":{"port":1}}""",
            new() { ["mqtt-port"] = "2883", ["http-url"] = "http://127.0.0.1:0", ["mqtt-root"] = "test/v1", ["log-level"] = "debug" });

        Assert.Equal((2883, "test/v1", LogLevel.Debug), (options!.MqttPort, options.MqttRoot, options.LogLevel));
    }

    [Fact]
    public void Every_mistake_is_listed_with_line_and_column()
    {
        (FleetOptions? options, string[] mistakes) = Load(
            """
            {"state_dir":1,"http":{"url":"x"},
             "mqtt":{"port":99999,"rot":"a"},
             "deploy_key":"nope","log_level":"loud"}
            """,
            new() { ["mqtt-port"] = "none" });

        Assert.Null(options);
        Assert.Equal(
        [
            "fleet.json:1:1: release_keys: is missing; it must be an array in [ ]",
            "fleet.json:1:14: state_dir: must be a text, not the number 1",
            "fleet.json:1:30: http.url: 'x' is not an address such as http://127.0.0.1:8080",
            "fleet.json:2:17: mqtt.port: 99999 is outside 1 to 65535",
            "fleet.json:2:23: mqtt.rot: is not known here; did you mean 'root'?",
            $"fleet.json:3:15: deploy_key: there is no file {_directory.Under("nope")}",
            "fleet.json:3:34: log_level: \"loud\" is not one of trace, debug, information, warning, error, none",
        ], mistakes.Select(line => line.Replace(_directory.Path + "/fleet.json", "fleet.json", StringComparison.Ordinal)));
    }

    [Fact]
    public void Orders_are_signed_by_all_deploy_keys_of_any_kind_or_by_the_one_and_never_by_both_members()
    {
        TufSigningKey.Create(TufKeyKind.Ed25519).Save(_directory.Under("second.key"));

        (FleetOptions? options, _) = Load("""{"state_dir":"d","deploy_keys":["deploy.key","second.key"],"release_keys":["release.pub"]}""");
        (_, string[] mistakes) = Load(
            """{"state_dir":"d","deploy_key":"deploy.key","deploy_keys":["second.key"],"release_keys":["release.pub"]}""");

        Assert.Equal(2, options!.DeployKeys.DistinctBy(key => key.Public.Id).Count());
        Assert.Contains("deploy_key: is one of 'deploy_keys' where these are given", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_none_is_refused_in_a_sentence()
    {
        File.WriteAllText(_directory.Under("bad.key"), "not a key");

        (FleetOptions? options, string[] mistakes) = Load("""{"state_dir":"d","deploy_key":"bad.key","release_keys":["deploy.key"]}""");

        Assert.Null(options);
        Assert.Contains(mistakes, line => line.Contains("holds no '-----BEGIN PRIVATE KEY-----'", StringComparison.Ordinal));
        Assert.Contains(mistakes, line => line.Contains("give the .pub file", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_recipients_is_read_and_all_its_wrong_lines_are_told()
    {
        using HpkePrivateKey key = HpkePrivateKey.Create();
        File.WriteAllText(_directory.Under("pins"), $"# gate\ndev-1 {Convert.ToBase64String(key.PublicKey)}\n");
        File.WriteAllText(_directory.Under("bad"), "dev-1 AAAA\nDev 2\n");
        const string Rest = """ "state_dir":"d","deploy_key":"deploy.key","release_keys":["release.pub"]} """;

        (FleetOptions? options, _) = Load("""{"transfers":{"recipients":"pins"},""" + Rest);
        (_, string[] mistakes) = Load("""{"transfers":{"recipients":"bad"},""" + Rest);

        Assert.Equal(key.PublicKey, options!.Recipients!.PinnedFor(DeviceId.Parse("dev-1")));
        Assert.Equal(2, mistakes.Length);
        Assert.Contains("line 1: the key is not base64 of a point of P-256", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("line 2: 'Dev' is not a device", mistakes[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config f --mqtt-prot 1", "did you mean")]
    [InlineData("--config", "value is missing")]
    [InlineData("", "--config: is missing")]
    [InlineData("stray", "is not an option")]
    public void Wrong_options_are_explained(string line, string expected)
    {
        List<string> mistakes = [];

        CommandLine? read = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), mistakes);

        Assert.Null(read);
        Assert.Contains(expected, string.Join('\n', mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_may_carry_their_value_either_way()
    {
        CommandLine? read = CommandLine.Parse(["--config=a.json", "--mqtt-port", "1"], []);

        Assert.Equal("a.json", read!.Config);
        Assert.Equal("1", read.Overrides["mqtt-port"]);
    }

    [Fact]
    public void Paths_that_no_path_can_be_and_files_without_an_end_are_mistakes_of_the_file()
    {
        (FleetOptions? options, string[] mistakes) = Load(
            """{"state_dir":"a\u0000b","deploy_key":"/dev/zero","release_keys":["a\u0000b"],"mqtt":{"password_file":"/dev/zero"}}""");

        Assert.Null(options);
        Assert.Equal(4, mistakes.Length);
        Assert.Contains(mistakes, line => line.Contains("state_dir: holds a character of value 0", StringComparison.Ordinal));
        Assert.Contains(mistakes, line => line.Contains("deploy_key: /dev/zero: has more than the 65536 bytes", StringComparison.Ordinal));
        Assert.Contains(mistakes, line => line.Contains("mqtt.password_file: /dev/zero has more than the 1024 bytes", StringComparison.Ordinal));
    }

    private (FleetOptions? Options, string[] Mistakes) Load(string json, Dictionary<string, string>? overrides = null)
    {
        File.WriteAllText(_directory.Under("fleet.json"), json);
        Mistakes mistakes = new();
        FleetOptions? options = FleetConfiguration.Load(_directory.Under("fleet.json"), overrides ?? [], mistakes);
        return (options, [.. mistakes.Lines()]);
    }
}
