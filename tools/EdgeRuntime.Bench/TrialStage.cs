using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Mqtt;

namespace EdgeRuntime.Bench;

/// <summary>The published device with the trial package on a simulated machine, a real broker, and somebody who orders updates.</summary>
internal sealed class TrialStage : IDisposable
{
    private const string Device = "trial-device";
    private const string Profile = "stage";

    private readonly string _program;
    private readonly string _directory;
    private readonly StringBuilder _said = new();
    private Process? _process;

    /// <param name="program">The published edge-device.</param>
    /// <param name="directory">Empty; configuration, keys and state go there.</param>
    /// <param name="package">How packages are made; version 1 with the good model is the configured one.</param>
    /// <param name="profile">Members of the device's profile besides the name, each with a comma before it.</param>
    /// <param name="members">Members of the device's configuration besides the usual, each with a comma behind it.</param>
    public TrialStage(string program, string directory, TrialPackage package, string profile = "", string members = "")
    {
        _program = program;
        _directory = directory;
        Package = package;
        Broker = new BenchBroker(directory);
        Directory.CreateDirectory(Path.Combine(directory, "device-profiles"));
        File.WriteAllText(Path.Combine(directory, "release.pub.pem"), Release.Public.ToPem());
        File.WriteAllText(Path.Combine(directory, "deploy.pub.pem"), Deploy.Public.ToPem());
        File.WriteAllBytes(Path.Combine(directory, "trial.edgepkg"), package.Pack(1, TrialModels.Good(), Release));
        string machine = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        File.WriteAllText(Path.Combine(directory, $"device-profiles/{Profile}.json"), $$"""
            { "inherits": "linux-{{machine}}", "name": "{{Profile}}", "description": "This machine."{{profile}} }
            """);
        File.WriteAllText(Path.Combine(directory, "edge.json"), $$"""
            {
              "device": "{{Device}}",
              "profile": "{{Profile}}",
              "state_dir": "state",
              "link": { "host": "127.0.0.1", "port": {{Broker.Port}} },
              "trust": { "release_keys": ["release.pub.pem"], "deploy_keys": ["deploy.pub.pem"] },
              "telemetry": { "window_s": 1, "latest_ms": 200, "predictions": "all" },
              {{members}}
              "models": [
                {
                  "name": "{{TrialPackage.Name}}",
                  "package": "trial.edgepkg",
                  "sensor": { "driver": "simulated", "seed": 1, "rate_hz": {{package.RateHz:0}} }
                }
              ]
            }
            """);
        Manager = new TrialManager(Device, Deploy, subscriptions => MqttLink.Create(
            new LinkOptions
            {
                Host = "127.0.0.1",
                Port = Broker.Port,
                ClientId = "trial-manager",
                SessionExpirySeconds = 0,
                ReconnectMin = TimeSpan.FromMilliseconds(50),
                ReconnectMax = TimeSpan.FromMilliseconds(200),
                Subscriptions = subscriptions,
            },
            TimeProvider.System,
            new Random(1)));
    }

    public TrialPackage Package { get; }

    public BenchBroker Broker { get; }

    public TrialManager Manager { get; }

    public SigningKey Release { get; } = SigningKey.Create();

    public SigningKey Deploy { get; } = SigningKey.Create();

    /// <summary>Id of the device's process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>The file that the device's process executes.</summary>
    public string Executes => File.ResolveLinkTarget($"/proc/{ProcessId}/exe", returnFinalTarget: false)!.FullName;

    /// <summary>Whether the device's process has ended.</summary>
    public bool HasEnded => _process is null || _process.HasExited;

    /// <summary>All that the device printed.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts the device; again after <see cref="Kill"/>.</summary>
    public void Start()
    {
        ProcessStartInfo start = new(_program, ["run", "--config", Path.Combine(_directory, "edge.json"), "--plain"])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        lock (_said)
        {
            _said.Clear();
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts the device and waits until it serves the trial package.</summary>
    public TrialStage Serve()
    {
        Start();
        Manager.WaitUntil(() => Manager.Predictions.Count > 0 || HasEnded, 60, "the device predicts");
        return HasEnded ? throw new BenchException($"edge-device ended: {Said}") : this;
    }

    /// <summary>Writes a package where the configuration finds it, for the next start.</summary>
    public void Configure(byte[] archive) => File.WriteAllBytes(Path.Combine(_directory, "trial.edgepkg"), archive);

    /// <summary>Orders a package with this model and waits for the end of its update.</summary>
    public UpdateMessage Send(long counter, byte[] model, int seconds = 120, TrialPackage? package = null) =>
        Manager.EndOf(Manager.Order((package ?? Package).Pack(counter, model, Release)), seconds);

    /// <summary>Waits until the device prints something since its last start.</summary>
    /// <exception cref="TimeoutException">It did not within the time.</exception>
    public void WaitUntilSays(string part, int seconds)
    {
        long begin = Stopwatch.GetTimestamp();
        lock (_said)
        {
            while (!_said.ToString().Contains(part, StringComparison.Ordinal))
            {
                TimeSpan left = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_said, left))
                {
                    throw new TimeoutException($"'{part}' was not said within {seconds} s; it said: {_said}");
                }
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Manager.Dispose();
        Broker.Dispose();
        Release.Dispose();
        Deploy.Dispose();
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.Append(line).Append('\n');
            Monitor.PulseAll(_said);
        }
    }
}
