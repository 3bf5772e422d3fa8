using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeRuntime.Bench;

/// <summary>A private mosquitto that can be killed and started again, and that logs nothing.</summary>
internal sealed class BenchBroker : IDisposable
{
    private readonly string _configuration;
    private Process? _process;

    /// <param name="directory">Its configuration goes there.</param>
    /// <param name="address">One more that it listens on, or null.</param>
    public BenchBroker(string directory, string? address = null)
    {
        Port = FreePort();
        _configuration = Path.Combine(directory, "mosquitto.conf");
        string second = address is null ? "" : $"listener {Port} {address}\n";
        File.WriteAllText(_configuration, $"listener {Port} 127.0.0.1\n{second}allow_anonymous true\npersistence false\nlog_type none\n");
        Start();
    }

    public int Port { get; }

    /// <summary>Processor time since it was started.</summary>
    public TimeSpan Processor => _process!.TotalProcessorTime;

    /// <summary>Full path of the program; null when it is not installed.</summary>
    public static string? Program { get; } =
        new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);

    public static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>Kills it, as a power loss would; <see cref="Start"/> brings it back.</summary>
    public void Stop() => Kill();

    /// <summary>Kills it, as a power loss would, and starts it again.</summary>
    public void Restart()
    {
        Kill();
        Start();
    }

    public void Dispose() => Kill();

    /// <summary>Starts it, again after <see cref="Stop"/>.</summary>
    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(Program!, ["-c", _configuration]) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new BenchException("mosquitto did not start");
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using TcpClient probe = new("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(begin).TotalSeconds < 30)
            {
                // It does not listen yet.
                Thread.Sleep(10);
            }
            catch (SocketException e)
            {
                throw new BenchException($"mosquitto does not listen on {Port}: {e.Message}");
            }
        }
    }

    private void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }
}
