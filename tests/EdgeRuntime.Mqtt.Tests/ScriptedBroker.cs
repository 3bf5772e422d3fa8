using System.Net;
using System.Net.Sockets;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>A broker that answers what a test tells it to, for answers a real one gives only when something is wrong.
/// Bytes are those of the MQTT 5 specification, chapter 3.</summary>
public sealed class ScriptedBroker : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _thread;

    /// <param name="answer">From the packet's first byte and the rest of it to what is sent back; null ends the connection.</param>
    public ScriptedBroker(Func<byte, byte[], byte[]?> answer)
    {
        _listener.Start();
        _thread = new Thread(() => Serve(answer)) { IsBackground = true };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join();
    }

    private void Serve(Func<byte, byte[], byte[]?> answer)
    {
        while (true)
        {
            try
            {
                using TcpClient client = _listener.AcceptTcpClient();
                using NetworkStream stream = client.GetStream();
                while (Read(stream) is { } packet && answer(packet.First, packet.Body) is { } bytes)
                {
                    stream.Write(bytes);
                }
            }
            catch (Exception ended) when (ended is SocketException or InvalidOperationException)
            {
                // The listener was stopped, while it waited or before.
                return;
            }
            catch (IOException)
            {
                // The link under test closed its end.
            }
        }
    }

    private static (byte First, byte[] Body)? Read(NetworkStream stream)
    {
        int first = stream.ReadByte();
        int length = stream.ReadByte();
        if (first < 0 || length < 0)
        {
            return null;
        }

        // Lengths of two bytes are the longest a test here sends.
        length = length < 128 ? length : (length & 127) + (128 * stream.ReadByte());
        byte[] rest = new byte[length];
        stream.ReadExactly(rest);
        return ((byte)first, rest);
    }
}
