using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Mqtt;

namespace EdgeRuntime.Bench;

/// <summary>The published device, a real broker, and what orders a package and serves it, as the manager and edgectl do.</summary>
internal sealed class TransferStage : ILinkEvents, IDisposable
{
    private const string Name = "bench-transfer";
    private const string Deployment = "bench";

    private readonly string _device;
    private readonly string _directory;
    private readonly string _archive;
    private readonly NetworkLine? _line;
    private readonly SigningKey _key;
    private readonly Topics _topics = new(Topics.DefaultRoot);
    private readonly DeviceId _id = DeviceId.Parse(Name);
    private readonly ILink _link;
    private readonly CancellationTokenSource _end = new();
    private readonly object _gate = new();
    private Process? _process;
    private UpdateMessage? _newest;
    private string? _ciphertext;
    private byte[]? _deviceKey;
    private bool _isServing;
    private long _asked;

    /// <param name="directory">Empty; the device's configuration and state go there.</param>
    /// <param name="site">Holds keys/ and machine.edgepkg.</param>
    /// <param name="archive">The package that is to be transferred.</param>
    /// <param name="port">The broker as the device reaches it.</param>
    /// <param name="line">What the device is behind, or null.</param>
    /// <param name="isEncrypted">Whether the device keeps packages encrypted.</param>
    public TransferStage(
        string device, string directory, string site, string archive, BenchBroker broker, int? port = null, NetworkLine? line = null,
        bool isEncrypted = false)
    {
        _line = line;
        _device = device;
        _directory = directory;
        _archive = archive;
        _key = SigningKey.FromPem(File.ReadAllText(Path.Combine(site, "keys/deploy.key.pem")));
        Directory.CreateDirectory(Path.Combine(directory, "device-profiles"));
        File.WriteAllText(Path.Combine(directory, "device-profiles/bench.json"), """
            { "inherits": "linux-x64", "name": "bench", "description": "This machine, for large packages.", "limits": { "package_bytes_max": 134217728 } }
            """);
        File.WriteAllText(Path.Combine(directory, "edge.json"), $$"""
            {
              "device": "{{Name}}",
              "profile": "bench",
              "state_dir": "state",
              "encrypt_at_rest": {{(isEncrypted ? "true" : "false")}},
              "link": { "host": "{{line?.Near ?? "127.0.0.1"}}", "port": {{port ?? broker.Port}} },
              "trust": { "release_keys": ["{{site}}/keys/release.pub.pem"], "deploy_keys": ["{{site}}/keys/deploy.pub.pem"] },
              "models": [{ "name": "machine", "package": "{{site}}/machine.edgepkg", "sensor": { "driver": "simulated", "seed": 1 } }]
            }
            """);
        _link = MqttLink.Create(
            new LinkOptions
            {
                Host = "127.0.0.1",
                Port = broker.Port,
                ClientId = "bench-server",
                SessionExpirySeconds = 0,
                ReconnectMin = TimeSpan.FromMilliseconds(50),
                ReconnectMax = TimeSpan.FromMilliseconds(200),
                Subscriptions = [(_topics.Up(_id, "#"), 1)],
            },
            TimeProvider.System,
            new Random(1));
        Chunks = new ChunkServer(_link, _topics, new TransferLimits(1, 1L << 36), TimeProvider.System, _ => _ciphertext ?? _archive);
        Package = PackageArchive.ReadUnverified(File.ReadAllBytes(archive));
        Reference = Package.ToReference(PackageReference.ChunkBytesFor(Package.Bytes.Length));
        _link.Start(this);
        _ = Chunks.RunAsync(_end.Token);
    }

    public ChunkServer Chunks { get; }

    /// <summary>What the package is encrypted under on its way, or null where it comes as it is.</summary>
    public ContentKey? Content { get; init; }

    public PackageArchive Package { get; }

    public PackageReference Reference { get; }

    /// <summary>When the device first asked for a chunk since <see cref="Order"/>; 0 before.</summary>
    public long AskedAt => Interlocked.Read(ref _asked);

    /// <summary>What the device said last about the update, or null.</summary>
    public UpdateMessage? Newest
    {
        get
        {
            lock (_gate)
            {
                return _newest;
            }
        }
    }

    /// <summary>Processor time of the device since it was started.</summary>
    public TimeSpan DeviceProcessor => _process!.TotalProcessorTime;

    /// <summary>Starts the device; returns at once.</summary>
    public void StartDevice()
    {
        string[] words = ["run", "--config", Path.Combine(_directory, "edge.json"), "--plain"];
        (string program, words) = _line?.Inside(_device, words) ?? (_device, words);
        ProcessStartInfo start = new(program, words)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Programs.Prepare(start, null);
        _process = Process.Start(start) ?? throw new BenchException($"{_device} did not start");
        StringBuilder said = new();
        _process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        _process.OutputDataReceived += (_, line) => said.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Ends the device as a power loss of the process alone would: SIGKILL.</summary>
    public void KillDevice()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Orders the package once the device is there.</summary>
    public void Order()
    {
        AwaitServing();
        Interlocked.Exchange(ref _asked, 0);
        PackageReference ordered = Content is null ? Reference : Encrypted(Content);
        Chunks.Grant(_id, ordered.AllCarried());
        DesiredState desired = new()
        {
            Device = _id,
            Deployment = Deployment,
            Generation = 1,
            IssuedUnixMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Slots = new Dictionary<string, PackageReference> { [Package.Manifest.Name] = ordered },
        };
        Publish("desired", desired.Sealed(_key));
    }

    /// <summary>Kills the device and starts it again.</summary>
    /// <returns>Seconds until it says that it serves.</returns>
    public double Restart()
    {
        KillDevice();
        _isServing = false;
        long begin = Stopwatch.GetTimestamp();
        StartDevice();
        AwaitServing();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Waits until the device serves its own package.</summary>
    public void AwaitServing() => Until(() => _isServing, "the device serves its own package");

    /// <summary>Waits until something holds.</summary>
    /// <param name="patience">A minute where none is given.</param>
    /// <exception cref="BenchException">It does not within that time.</exception>
    public void Until(Func<bool> holds, string what, TimeSpan? patience = null)
    {
        double seconds = (patience ?? TimeSpan.FromMinutes(1)).TotalSeconds;
        long begin = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!holds())
            {
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(5));
                if (Stopwatch.GetElapsedTime(begin).TotalSeconds > seconds)
                {
                    throw new BenchException($"waited in vain until {what}");
                }
            }
        }
    }

    public void OnConnected(bool sessionPresent) => Pulse(() => { });

    public void OnDisconnected(string reason)
    {
    }

    public void OnPublished(long token) => Chunks.OnRoom();

    public void OnMessage(in LinkMessage message)
    {
        _topics.TrySplit(message.Topic, out _, out _, out string rest);
        if (rest == ChunkCodec.RequestTopic)
        {
            Interlocked.CompareExchange(ref _asked, Stopwatch.GetTimestamp(), 0);
            Chunks.Ask(_id, message.Payload.Span);
        }
        else if (rest == "info")
        {
            byte[]? key = JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.InfoMessage)?.EncryptionKey;
            Pulse(() => _deviceKey = key);
        }
        else if (rest == "reported")
        {
            ReportedMessage? reported = JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.ReportedMessage);
            Pulse(() => _isServing = reported?.Models is [{ Active: not null, Candidate: null }] || _isServing);
        }
        else if (rest == $"update/{Deployment}")
        {
            UpdateMessage? update = JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.UpdateMessage);
            Pulse(() => _newest = update);
        }
    }

    public void Dispose()
    {
        KillDevice();
        _end.Cancel();
        _link.Dispose();
        _key.Dispose();
    }

    private PackageReference Encrypted(ContentKey content)
    {
        Until(() => _deviceKey is not null, "the device tells its key");
        _ciphertext = Path.Combine(_directory, "ciphertext");
        using ChunkCipher cipher = content.CipherOf(Reference.ArchiveSha256, Reference.ChunkSha256.Count);
        using FileStream file = File.Create(_ciphertext);
        string sha256 = cipher.Seal(Package.Bytes.Span, Reference.ChunkBytes, file);
        return Reference with { Encryption = content.WrapFor(_deviceKey, _id, Reference.ArchiveSha256, sha256) };
    }

    private void Publish(string rest, byte[] payload) => Until(
        () => _link.TryPublish(
            new LinkMessage { Topic = _topics.Down(_id, rest), Payload = payload, Qos = 1, Retain = true, ContentType = "application/json" }, 0),
        $"the broker takes '{rest}'");

    private void Pulse(Action act)
    {
        lock (_gate)
        {
            act();
            Monitor.PulseAll(_gate);
        }
    }
}
