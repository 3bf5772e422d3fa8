using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class DeviceVerbTests : IDisposable
{
    private readonly Cli _cli = new();
    private readonly VerifyingKey _key;

    public DeviceVerbTests()
    {
        _cli.Run("keygen", "--name", "deploy", "--output", _cli["keys"]);
        _cli.Run("keygen", "--name", "release", "--output", _cli["keys"]);
        _cli.Run("pack", _cli.PackageSource(), "--no-run", "--output", _cli["v.edgepkg"], "--key", _cli["keys/release.key.pem"]);
        _key = VerifyingKey.Load(_cli["keys/deploy.pub.pem"])[0];
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_push_orders_above_what_each_device_accepted_serves_it_whole_and_tells_each_verdict()
    {
        using ScriptedDevice good = new(_cli.Broker, "dev-a", _key, generation: 41);
        using ScriptedDevice bad = new(_cli.Broker, "dev-b", _key) { Verdict = UpdateState.Rejected, Reason = "it is below the floor" };

        Outcome pushed = Push("dev-a", "dev-b");

        Assert.Equal(ExitCode.RolloutFailed, pushed.Code);
        Assert.Equal((42, 1), (good.Order?.Generation, bad.Order?.Generation));
        Assert.Equal(good.Order!.Slots["vitals"].ArchiveSha256, good.FetchedSha256);
        Assert.Contains("dev-a  runs vitals", pushed.Output, StringComparison.Ordinal);
        Assert.Contains("dev-b  refused: it is below the floor", pushed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_does_not_answer_keeps_every_other_from_being_ordered_anything()
    {
        using ScriptedDevice there = new(_cli.Broker, "dev-a", _key);

        Outcome refused = Push("dev-a", "dev-x");

        Assert.Equal(ExitCode.Unavailable, refused.Code);
        Assert.Contains("dev-x: does not answer, and the broker has never heard of it", refused.Errors, StringComparison.Ordinal);
        Assert.Null(there.Order);
    }

    [Fact]
    public void A_key_that_the_device_does_not_trust_ends_the_push_with_the_devices_own_words()
    {
        using ScriptedDevice device = new(_cli.Broker, "dev-a", VerifyingKey.Load(_cli["keys/release.pub.pem"])[0]);

        Outcome refused = Push("dev-a");

        Assert.Equal(ExitCode.RolloutFailed, refused.Code);
        Assert.Contains("refused: an order was ignored: no deploy key that this device trusts signed it", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_push_is_for_the_pinned_keys_alone_and_serves_one_ciphertext()
    {
        using HpkePrivateKey mine = HpkePrivateKey.Create();
        using HpkePrivateKey anothers = HpkePrivateKey.Create();
        using ScriptedDevice device = new ScriptedDevice(_cli.Broker, "dev-a", _key) { EncryptionKey = mine.PublicKey, Fetches = false }.TellKey();
        File.WriteAllText(_cli["wrong"], $"dev-a {Convert.ToBase64String(anothers.PublicKey)}");
        File.WriteAllText(_cli["right"], $"# press hall\ndev-a {Convert.ToBase64String(mine.PublicKey)}");

        Outcome refused = PushWith(["--encrypt", "--recipients", _cli["wrong"]], "dev-a");
        Assert.Null(device.Order);
        using CancellationTokenSource stop = new();
        Task<Outcome> pushing = _cli.RunAsync(
            ["push", "dev-a", _cli["v.edgepkg"], "--key", _cli["keys/deploy.key.pem"], "--encrypt", "--recipients", _cli["right"]], stop.Token);
        await device.Ordered.Task;
        await stop.CancelAsync();
        await pushing;

        Assert.Contains("somebody answers in its place", refused.Errors, StringComparison.Ordinal);
        PackageReference package = device.Order!.Slots["vitals"];
        Assert.NotNull(ContentKey.Unwrap(package.Encryption!, mine, DeviceId.Parse("dev-a"), package.ArchiveSha256, out _));
        Assert.NotEqual(package.ArchiveSha256, package.Encryption!.CiphertextSha256);
    }

    [Fact]
    public void A_file_of_recipients_with_mistakes_lists_them_all()
    {
        File.WriteAllText(_cli["pins"], "dev-a\nDev B AAAA\ndev-c AAAA\n");

        Outcome refused = PushWith(["--encrypt", "--recipients", _cli["pins"]], "dev-a");

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("line 1: is not DEVICE KEY", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("line 2: is not DEVICE KEY", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("line 3: the key is not base64 of a point of P-256", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fleet_manager_that_is_there_is_not_pushed_past()
    {
        using ScriptedDevice device = new(_cli.Broker, "dev-a", _key);
        using InMemoryLink manager = new(_cli.Broker, new LinkOptions { Host = "memory", ClientId = "fleet" });
        manager.Start(new Deaf());
        Assert.True(SpinWait.SpinUntil(() => manager.TryPublish(new LinkMessage
        {
            Topic = new Topics(Topics.DefaultRoot).Fleet("manager/main"),
            Payload = JsonSerializer.SerializeToUtf8Bytes(new ManagerMessage(true, 1), WireJson.Default.ManagerMessage),
            Qos = 1,
            Retain = true,
        }, 0), TimeSpan.FromSeconds(30)));

        Outcome refused = Push("dev-a");

        Assert.Equal(ExitCode.Unavailable, refused.Code);
        Assert.Contains("the fleet manager 'main' gives orders to these devices", refused.Errors, StringComparison.Ordinal);
        Assert.Null(device.Order);
    }

    [Fact]
    public async Task An_interrupted_push_says_what_stays()
    {
        using ScriptedDevice device = new(_cli.Broker, "dev-a", _key) { Fetches = false };
        using CancellationTokenSource stop = new();

        Task<Outcome> pushing = _cli.RunAsync(["push", "dev-a", _cli["v.edgepkg"], "--key", _cli["keys/deploy.key.pem"]], stop.Token);
        await device.Ordered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        Outcome ended = await pushing;

        Assert.Equal(ExitCode.Interrupted, ended.Code);
        Assert.Contains("dev-a: the order stays with the broker, and 0 B of", ended.Errors, StringComparison.Ordinal);
        Assert.NotNull(_cli.Broker.Retained("edge/v1/dev-a/down/desired"));
    }

    [Fact]
    public async Task A_device_that_comes_after_it_was_asked_for_is_asked_again()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using InMemoryLink witness = new(
            _cli.Broker, new LinkOptions { Host = "memory", ClientId = "witness", Subscriptions = [("edge/v1/dev-a/down/command/ping", 1)] });
        witness.Start(new Deaf { Hears = () => asked.TrySetResult() });

        Task<Outcome> pushing = _cli.RunAsync(
            ["push", "dev-a", _cli["v.edgepkg"], "--key", _cli["keys/deploy.key.pem"], "--patience", "30"], CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        using ScriptedDevice device = new(_cli.Broker, "dev-a", _key);
        Outcome pushed = await pushing;

        Assert.True(pushed.Code == 0, pushed.Errors);
        Assert.NotNull(device.Order);
    }

    [Fact]
    public void An_undo_asks_for_the_only_model_and_prints_what_the_device_says()
    {
        using ScriptedDevice device = new(_cli.Broker, "dev-a", _key);

        Outcome undone = _cli.Run("undo", "dev-a");

        Assert.Equal((0, "dev-a: it returns\n"), (undone.Code, undone.Output));
        Assert.Equal("vitals", device.Undone);
    }

    [Fact]
    public void A_wrong_command_line_lists_all_its_mistakes()
    {
        Outcome wrong = _cli.Run("push", "Dev A", "dev-b", "dev-b", "v.edgepkg", "--broker", "host:99999", "--max-rate", "5");

        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Equal(6, wrong.ErrorLines.Length);
        Assert.Contains("--key is missing", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("'dev-b' is named twice", wrong.Errors, StringComparison.Ordinal);
    }

    private Outcome Push(params string[] devices) => PushWith([], devices);

    private Outcome PushWith(string[] options, params string[] devices) => _cli.Run(
        ["push", .. devices, _cli["v.edgepkg"], "--key", _cli["keys/deploy.key.pem"], "--patience", "2", .. options]);

    private sealed class Deaf : ILinkEvents
    {
        public Action Hears { get; init; } = () => { };

        public void OnConnected(bool sessionPresent)
        {
        }

        public void OnDisconnected(string reason)
        {
        }

        public void OnMessage(in LinkMessage message) => Hears();

        public void OnPublished(long token)
        {
        }
    }
}
