using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>A private mosquitto on a free port of the loopback interface, which can be frozen, killed and started again.</summary>
public sealed class Mosquitto : IDisposable
{
    private const int SigKill = 9;
    private const int SigTerminate = 15;
    private const int SigContinue = 18;
    private const int SigStop = 19;

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-mosquitto-").FullName;
    private Process? _process;

    /// <param name="settings">Lines for its configuration, besides the listener.</param>
    /// <param name="anonymous">True to let everybody in.</param>
    public Mosquitto(string settings = "", bool anonymous = true)
    {
        using (Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Port = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }

        File.WriteAllText(Configuration, $"""
            listener {Port} 127.0.0.1
            allow_anonymous {(anonymous ? "true" : "false")}
            log_type all
            {settings}

            """);
        Start();
    }

    /// <summary>Full path of the program; null when it is not installed.</summary>
    public static string? Program { get; } = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }
        .FirstOrDefault(File.Exists);

    public int Port { get; }

    private string Configuration => Path.Combine(_directory, "mosquitto.conf");

    /// <summary>Starts it, again if it was killed, and waits until it says that it runs.</summary>
    public void Start()
    {
        // It may drop to a user of its own when started by root, who must then be able to read the directory.
        if (Environment.UserName == "root")
        {
            File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        }

        List<string> said = [];
        ManualResetEventSlim isClear = new();
        _process = new Process { StartInfo = new(Program!, ["-c", Configuration]) { RedirectStandardError = true } };
        _process.ErrorDataReceived += (_, line) =>
        {
            // It goes on being read after the start, or it would stand still once the pipe is full.
            if (!isClear.IsSet)
            {
                said.Add(line.Data ?? "it ended");
                if (line.Data is null || line.Data.EndsWith(" running", StringComparison.Ordinal))
                {
                    isClear.Set();
                }
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        if (!isClear.Wait(TimeSpan.FromSeconds(30)) || !said[^1].EndsWith(" running", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("mosquitto did not start:\n" + string.Join('\n', said));
        }
    }

    /// <summary>Kills it as a power loss would, and waits until it is gone.</summary>
    public void Kill() => End(SigKill);

    /// <summary>Asks it to end, which writes down what it keeps, and waits until it is gone.</summary>
    public void Stop() => End(SigTerminate);

    /// <summary>Lets it stand still: its connections stay, and nothing is answered.</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal(SigContinue);

    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void End(int signal)
    {
        Signal(signal);
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private void Signal(int signal)
    {
        if (SendSignal(_process!.Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} was not sent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc.so.6", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
