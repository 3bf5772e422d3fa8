using EdgeRuntime.Ctl.Tuf;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>A repository from its first key to a device's download, by the verbs alone.</summary>
public sealed class RepositoryVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_release_signed_offline_reaches_a_client_once_the_online_key_says_it_is_the_newest()
    {
        Begin(rootThreshold: 2);
        _cli.Write("model.bin", "weights");

        Outcome added = Run("repo", "add", _cli["repo"], _cli["model.bin"], "--counter", "7", "--hardware", "linux-x64");
        Outcome half = Run("repo", "sign", _cli["repo"], "--key", Key("a"), "--key", Key("release"));
        Outcome early = _cli.Run("repo", "refresh", _cli["repo"], "--key", Key("online"));
        Run("repo", "sign", _cli["repo"], "--key", Key("b"));
        Outcome served = Run("repo", "refresh", _cli["repo"], "--key", Key("online"));

        Assert.Contains("target   model.bin (7 bytes, release 7)", added.Output, StringComparison.Ordinal);
        Assert.Contains("staged   root 1: has 1 of the 2 signatures that it needs", half.Output, StringComparison.Ordinal);
        Assert.Equal(["repo refresh: no root is published yet; 'edgectl repo sign' first"], early.ErrorLines);
        Assert.Contains(
            "served   root 1, targets 1, snapshot 1, timestamp 1 until 2026-01-09 03:04Z", served.Output, StringComparison.Ordinal);

        using FolderServer server = new(_cli["repo"]);
        Run(Tuf("init", Path.Combine(_cli["repo"], "metadata/1.root.json")));
        Outcome downloaded = Run(Download(server, "model.bin"));
        Outcome again = Run(Download(server, "model.bin"));

        Assert.Equal("weights", File.ReadAllText(_cli["got/model.bin"]));
        Assert.Contains("root 1, snapshot 1, targets 1", downloaded.Output, StringComparison.Ordinal);
        Assert.Contains("is there already", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_device_must_not_install_is_refused_by_the_name_of_the_attack_with_exit_code_1()
    {
        Publish("model.bin", "weights", "--counter", "7", "--hardware", "linux-x64");
        using FolderServer server = new(_cli["repo"]);
        Run(Tuf("init", Path.Combine(_cli["repo"], "metadata/1.root.json")));

        Outcome wrong = _cli.Run([.. Download(server, "model.bin")[..^1], "--hardware", "linux-arm64", "download"]);
        Outcome old = _cli.Run([.. Download(server, "model.bin")[..^1], "--floor", "8", "download"]);
        Outcome unknown = _cli.Run(Download(server, "other.bin"));
        string target = Directory.GetFiles(_cli["repo/targets"]).Single();
        File.WriteAllText(target, "weightz");
        Outcome forged = _cli.Run(Download(server, "model.bin"));

        Assert.Equal((1, 1, 1, 1), (wrong.Code, old.Code, unknown.Code, forged.Code));
        Assert.Contains("prevented: wrong software attack", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("prevented: rollback attack", old.Errors, StringComparison.Ordinal);
        Assert.Contains("no role that is trusted with it vouches for a target 'other.bin'", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("prevented: arbitrary software attack", forged.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli["got"]) && Directory.GetFiles(_cli["got"]).Length > 0);
    }

    [Fact]
    public void The_online_key_is_replaced_by_a_root_that_clients_follow()
    {
        Publish("model.bin", "weights");
        using FolderServer server = new(_cli["repo"]);
        Run(Tuf("init", Path.Combine(_cli["repo"], "metadata/1.root.json")));
        Run(Refresh(server));
        Keygen("online2", "ed25519");

        Outcome staged = Run(
            "repo", "keys", _cli["repo"], "online", "--add", Public("online2"), "--remove", Public("online"));
        Run("repo", "sign", _cli["repo"], "--key", Key("a"));
        Outcome old = _cli.Run("repo", "refresh", _cli["repo"], "--key", Key("online"));
        Run("repo", "refresh", _cli["repo"], "--key", Key("online2"));
        Outcome refreshed = Run(Refresh(server));

        Assert.Contains("staged   root 2: has of the keys before, 0 of the 1", staged.Output, StringComparison.Ordinal);
        Assert.Contains("is no key of snapshot in root 2", old.Errors, StringComparison.Ordinal);
        Assert.Contains("root 2, snapshot 2, targets 1", refreshed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refresh_without_news_renews_the_timestamp_only()
    {
        Publish("model.bin", "weights");

        Outcome again = Run("repo", "refresh", _cli["repo"], "--key", Key("online"));

        Assert.Contains("targets 1, snapshot 1, timestamp 2", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lower_release_counter_under_the_same_path_is_refused_before_anybody_signs_it()
    {
        Publish("model.bin", "weights", "--counter", "7");

        Outcome refused = _cli.Run("repo", "add", _cli["repo"], _cli["model.bin"], "--counter", "6");

        Assert.Equal(["repo add: model.bin: has release counter 7 there; 6 would be a rollback"], refused.ErrorLines);
    }

    [Fact]
    public void Keys_that_could_never_reach_their_threshold_are_refused()
    {
        Publish("model.bin", "weights");

        Outcome refused = _cli.Run("repo", "keys", _cli["repo"], "root", "--threshold", "2");

        Assert.Equal(["repo keys: root: 2 of 1 keys can never sign"], refused.ErrorLines);
    }

    [Fact]
    public void A_repository_that_begins_to_answer_and_then_says_nothing_is_given_up()
    {
        using FolderServer server = new(_cli.Root) { Stalls = true };
        using HttpRepository repository = new(TimeSpan.FromMilliseconds(200));

        IOException given = Assert.Throws<IOException>(() => repository.Get(server.Address, "timestamp.json", 1024));

        Assert.EndsWith("(prevented: slow retrieval attack)", given.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processors_that_a_package_demands_are_signed_with_it_as_its_hardware()
    {
        Begin();
        Keygen("pack", "ecdsa");
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        string text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text.Insert(text.IndexOf('{', StringComparison.Ordinal) + 1, "\"requires\": { \"architectures\": [\"arm64\"] },"));
        Run("pack", _cli["source"], "--no-run", "--output", _cli["v.edgepkg"], "--key", Key("pack"));

        Run("repo", "add", _cli["repo"], _cli["v.edgepkg"]);
        Run("repo", "sign", _cli["repo"], "--key", Key("a"), "--key", Key("release"));
        Run("repo", "refresh", _cli["repo"], "--key", Key("online"));

        Assert.EndsWith(", linux-arm64", Run("repo", "show", _cli["repo"]).Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_is_never_begun_over_another()
    {
        Begin();

        Assert.Equal(ExitCode.CannotCreate, _cli.Run(Init(1)).Code);
    }

    private void Publish(string file, string content, params string[] options)
    {
        Begin();
        _cli.Write(file, content);
        Run(["repo", "add", _cli["repo"], _cli[file], .. options]);
        Run("repo", "sign", _cli["repo"], "--key", Key("a"), "--key", Key("release"));
        Run("repo", "refresh", _cli["repo"], "--key", Key("online"));
    }

    private void Begin(int rootThreshold = 1)
    {
        Keygen("a", "ecdsa");
        Keygen("b", "rsa");
        Keygen("release", "ed25519");
        Keygen("online", "ecdsa");
        Run(Init(rootThreshold));
    }

    private string[] Init(int rootThreshold) =>
    [
        "repo", "init", _cli["repo"], "--root", Public("a"), .. rootThreshold > 1 ? (string[])["--root", Public("b")] : [],
        "--root-threshold", $"{rootThreshold}", "--targets", Public("release"), "--online", Public("online"),
        "--deploy", Public("online"),
    ];

    private void Keygen(string name, string type) => Run("keygen", "--name", name, "--output", _cli["keys"], "--type", type);

    private string Key(string name) => _cli[$"keys/{name}.key.pem"];

    private string Public(string name) => _cli[$"keys/{name}.pub.pem"];

    private string[] Tuf(params string[] rest) => ["tuf", "--metadata-dir", _cli["trusted"], .. rest];

    private string[] Refresh(FolderServer server) => Tuf("--metadata-url", $"{server.Address}/metadata", "refresh");

    private string[] Download(FolderServer server, string target) => Tuf(
        "--metadata-url", $"{server.Address}/metadata", "--target-name", target,
        "--target-base-url", $"{server.Address}/targets/", "--target-dir", _cli["got"], "download");

    private Outcome Run(params string[] words)
    {
        Outcome outcome = _cli.Run(words);
        Assert.True(outcome.Code == 0, $"{string.Join(' ', words)}: {outcome.Errors}");
        return outcome;
    }
}
