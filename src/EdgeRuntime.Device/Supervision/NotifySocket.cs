using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.Device.Supervision;

/// <summary>
/// Tells systemd how the service stands: the datagrams of sd_notify(3), on the socket that NOTIFY_SOCKET names. Without one every
/// message goes nowhere, so the program is the same by hand and as a service.
/// </summary>
/// <remarks>For one thread. A message that cannot be sent is counted and dropped: a supervisor must never stop the device.</remarks>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket? _socket;

    private NotifySocket(Socket? socket) => _socket = socket;

    /// <summary>Messages that could not be sent.</summary>
    public long Lost { get; private set; }

    /// <summary>Whether anyone listens.</summary>
    public bool IsConnected => _socket is not null;

    /// <summary>Connects to a socket.</summary>
    /// <param name="address">A path, <c>@name</c> in the abstract name space, or null for none.</param>
    /// <param name="mistake">Why there is none although one was named, as a sentence; else null.</param>
    public static NotifySocket Connect(string? address, out string? mistake)
    {
        mistake = null;
        if (string.IsNullOrEmpty(address))
        {
            return new NotifySocket(null);
        }

        if (address[0] is not ('/' or '@') || address.Length < 2)
        {
            mistake = $"NOTIFY_SOCKET is '{address}', which is neither a path nor an abstract name; systemd is told nothing";
            return new NotifySocket(null);
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
            return new NotifySocket(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            socket.Dispose();
            mistake = $"NOTIFY_SOCKET is '{address}': {e.Message}; systemd is told nothing";
            return new NotifySocket(null);
        }
    }

    /// <summary>The service is up, or a reload is done.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}\n");

    /// <summary>The start goes on with something that may take long, and systemd is to wait for it.</summary>
    /// <param name="step">What is done, for <c>systemctl status</c>.</param>
    /// <param name="atMost">How long it may take from now on.</param>
    public void Starting(string step, TimeSpan atMost) => Send(string.Create(
        CultureInfo.InvariantCulture, $"STATUS={OneLine(step)}\nEXTEND_TIMEOUT_USEC={(long)atMost.TotalMicroseconds}\n"));

    /// <summary>The configuration is being read again.</summary>
    /// <param name="monotonicMicroseconds">CLOCK_MONOTONIC, by which systemd tells this reload from an earlier one.</param>
    public void Reloading(long monotonicMicroseconds) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonicMicroseconds}\n"));

    /// <summary>What the service does, in one line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}\n");

    /// <summary>The service is about to end.</summary>
    public void Stopping() => Send("STOPPING=1\n");

    /// <summary>The service lives.</summary>
    public void FeedWatchdog() => Send("WATCHDOG=1\n");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            // Never waits: a supervisor that does not read must not stop the agent.
            _socket.Send(Encoding.UTF8.GetBytes(message), SocketFlags.None);
        }
        catch (SocketException)
        {
            Lost++;
        }
    }
}
