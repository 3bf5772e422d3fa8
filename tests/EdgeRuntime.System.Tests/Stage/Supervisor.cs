using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>Stands in for systemd: the socket of NOTIFY_SOCKET, in the abstract name space.</summary>
internal sealed class Supervisor : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _name = $"edge-system-tests-{Environment.ProcessId}-{Path.GetRandomFileName()}";
    private readonly List<string> _heard = [];

    public Supervisor() => _socket.Bind(new UnixDomainSocketEndPoint($"\0{_name}"));

    /// <summary>Starts a device under it, watched every two seconds.</summary>
    public Run Start(string configuration, string program, params string[] before) => Run.Start(
        program, Path.GetDirectoryName(configuration)!,
        new Dictionary<string, string>
        {
            ["EDGE_PROFILES"] = Path.Combine(Programs.Root, "device-profiles"),
            ["NOTIFY_SOCKET"] = $"@{_name}",
            ["WATCHDOG_USEC"] = "2000000",
        },
        [.. before, "run", "--config", configuration, "--plain"]);

    /// <summary>
    /// As <see cref="Start(string, string, string[])"/>, the published program itself, with SIGHUP as systemd hands it over:
    /// what runs the tests may ignore it, and so would the device.
    /// </summary>
    public Run Start(string configuration) => Start(configuration, "/usr/bin/env", "--default-signal=HUP", Programs.Device);

    /// <summary>Waits for a datagram that begins so; what comes before it is dropped.</summary>
    public string Hears(string beginning, int seconds = 30)
    {
        // In all: the watchdog's own datagrams must not keep a test waiting for ever.
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds && Next(seconds) is string message)
        {
            _heard.Add(message);
            if (message.StartsWith(beginning, StringComparison.Ordinal))
            {
                return message;
            }
        }

        throw new TimeoutException($"'{beginning}' was not heard within {seconds} s; heard: {string.Join(" | ", _heard)}");
    }

    /// <summary>Drops what was sent and not yet heard.</summary>
    public void Forget()
    {
        while (_socket.Available > 0)
        {
            Next(seconds: 1);
        }
    }

    /// <summary>Whether no datagram that begins so comes within some time.</summary>
    public bool MissesFor(string beginning, int seconds)
    {
        while (Next(seconds) is string message)
        {
            if (message.StartsWith(beginning, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => _socket.Dispose();

    private string? Next(int seconds)
    {
        byte[] bytes = new byte[8192];
        _socket.ReceiveTimeout = seconds * 1000;
        try
        {
            return Encoding.UTF8.GetString(bytes, 0, _socket.Receive(bytes));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return null;
        }
    }
}
