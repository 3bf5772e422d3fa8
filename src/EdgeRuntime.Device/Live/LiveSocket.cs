using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Device.Live;

/// <summary>
/// A Unix socket in the state directory at which the running device answers every connection with its
/// <see cref="LiveLedger"/> as JSON, and closes it. Whoever may connect may read; nothing can be written.
/// </summary>
/// <remarks>
/// A socket and not a file: nothing is written while nobody asks, no flash wears, and a device that stands still leaves
/// nothing behind that could be mistaken for the present. One connection at a time, each with a time limit.
/// </remarks>
internal sealed class LiveSocket : IDisposable
{
    /// <summary>Name of the socket in the state directory.</summary>
    public const string FileName = "live.sock";

    private const int LongestPath = 107; // sockaddr_un, with its closing zero
    private const int PatienceMs = 2000;
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly string _path;
    private readonly Func<TimeSpan, byte[]?> _ask;

    private LiveSocket(Socket socket, string path, Func<TimeSpan, byte[]?> ask)
    {
        _socket = socket;
        _path = path;
        _ask = ask;
        new Thread(Run) { Name = "live", IsBackground = true }.Start();
    }

    /// <summary>Begins to answer.</summary>
    /// <param name="ask">Makes the ledger, on the socket's thread; waits at most the given time, and answers null after it.</param>
    /// <param name="objection">Why there is none, when the answer is null: a device serves without it too.</param>
    public static LiveSocket? TryOpen(string stateDirectory, Func<TimeSpan, byte[]?> ask, out string objection)
    {
        string path = PathIn(stateDirectory);
        objection = "";
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            objection = $"no live ledger: {path} is longer than the {LongestPath} bytes a socket may have; choose a shorter state_dir";
            return null;
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // What stands there is of a process that ended without a word; a live one holds the state directory alone.
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            }

            socket.Listen(4);
            return new LiveSocket(socket, path, ask);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            objection = $"no live ledger at {path}: {e.Message}";
            return null;
        }
    }

    /// <summary>Asks a running device.</summary>
    /// <param name="objection">Why not, when the answer is null.</param>
    public static LiveLedger? TryRead(string stateDirectory, out string objection)
    {
        string path = PathIn(stateDirectory);
        objection = "";
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.ReceiveTimeout = 2 * PatienceMs;
            socket.Connect(new UnixDomainSocketEndPoint(path));
            using MemoryStream all = new();
            byte[] part = new byte[64 * 1024];
            for (int read = socket.Receive(part); read > 0 && all.Length < MostBytes; read = socket.Receive(part))
            {
                all.Write(part, 0, read);
            }

            LiveLedger? ledger = JsonSerializer.Deserialize(all.GetBuffer().AsSpan(0, (int)all.Length), LiveJson.Default.LiveLedger);
            objection = ledger is null ? $"what answers at {path} is not a device" : "";
            return ledger;
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            // A missing socket is called an address that cannot be assigned, which helps nobody.
            string why = !Directory.Exists(stateDirectory) ? "there is no such directory"
                : !File.Exists(path) ? "no device runs with this state directory"
                : e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "the device that ran here has ended"
                : e.Message;
            objection = $"no device answers at {path}: {why}";
            return null;
        }
        catch (JsonException)
        {
            objection = $"the device at {path} did not answer in time, or is of another version";
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The thread's accept ends with the socket; it is a background thread and holds nothing.
        _socket.Dispose();
        File.Delete(_path);
    }

    private static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, FileName);

    private void Run()
    {
        while (true)
        {
            try
            {
                using Socket client = _socket.Accept();
                client.SendTimeout = PatienceMs;
                if (_ask(TimeSpan.FromMilliseconds(PatienceMs)) is byte[] ledger)
                {
                    Send(client, ledger);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (!IsOpen())
            {
                return;
            }
            catch (SocketException)
            {
                // This one asked and went away; the next may stay.
            }
        }
    }

    private static void Send(Socket client, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += client.Send(bytes.AsSpan(sent));
        }
    }

    private bool IsOpen() => !_socket.SafeHandle.IsClosed;
}
