using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeRuntime.Mqtt;

/// <summary>Packets of MQTT 5 over one TCP connection. What they look like as bytes is MQTTnet's.</summary>
/// <remarks>
/// For the link's thread only, which waits for the socket itself. Large reads and one write a packet: a chunk of a package
/// costs two or three calls of the kernel each way, where MQTTnet's own channel reads 4 KiB at a time and hands every wait over
/// two more threads.
/// </remarks>
internal sealed class PacketSocket(LinkThread thread) : IDisposable
{
    // Most links never get a large packet; the buffer grows with the first.
    private const int FirstBufferBytes = 8 * 1024;
    private const int LastBufferBytes = 256 * 1024;
    private const int WriterBytes = 4 * 1024;
    private const int LengthBytesMax = 4;

    private readonly MqttPacketFormatterAdapter _formatter = new(MqttProtocolVersion.V500, new MqttBufferWriter(WriterBytes, LastBufferBytes));
    private readonly List<ArraySegment<byte>> _unsent = [];
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private Socket? _socket;

    private int File => (int)_socket!.SafeHandle.DangerousGetHandle();

    /// <summary>Connects; waits as long as the kernel does.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public async Task ConnectAsync(IPEndPoint endpoint)
    {
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            Blocking = false,
            NoDelay = true,

            // What the kernel holds is written, for us: fresh messages should not wait behind more than this.
            SendBufferSize = LastBufferBytes,

            // Closing must not throw away a farewell that is still on its way.
            LingerState = new LingerOption(enable: false, seconds: 0),
        };
        try
        {
            // Not the call for tasks: after it, a thread of .NET would be woken by all that comes.
            _socket.Connect(endpoint);
        }
        catch (SocketException begun) when (begun.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            await thread.WritableAsync(File);
            if (WakeUp.ErrorOf(File) is not 0 and int error)
            {
                throw new SocketException(error);
            }
        }
    }

    /// <summary>Waits for the next packet.</summary>
    /// <returns>Valid until the next call; null when the other end has closed.</returns>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="MqttProtocolViolationException">What came is no packet, or a larger one than we take.</exception>
    public async ValueTask<MqttPacket?> ReceiveAsync()
    {
        MqttPacket? packet;
        while (!TryTake(out packet))
        {
            // Others have their turn on this thread, however fast bytes come.
            await Task.Yield();
            int received = _socket!.Receive(_buffer.AsSpan(_end), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                WakeUp.Acknowledge(File);
                await thread.ReadableAsync(File);
            }
            else if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
            else if (received == 0)
            {
                return null;
            }
            else
            {
                _end += received;
            }
        }

        return packet;
    }

    /// <summary>Writes a packet whole.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    public async ValueTask SendAsync(MqttPacket packet)
    {
        MqttPacketBuffer bytes = _formatter.Encode(packet);
        _unsent.Add(bytes.Packet);
        foreach (ReadOnlyMemory<byte> piece in bytes.Payload)
        {
            if (MemoryMarshal.TryGetArray(piece, out ArraySegment<byte> array) && array.Count > 0)
            {
                _unsent.Add(array);
            }
        }

        while (_unsent.Count > 0)
        {
            int sent = _socket!.Send(_unsent, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                await thread.WritableAsync(File);
            }
            else if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            Drop(_unsent, sent);
        }

        _formatter.Cleanup();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        thread.ForgetSocket();
        _socket?.Dispose();
    }

    private static void Drop(List<ArraySegment<byte>> pieces, int bytes)
    {
        while (pieces.Count > 0 && pieces[0].Count <= bytes)
        {
            bytes -= pieces[0].Count;
            pieces.RemoveAt(0);
        }

        if (bytes > 0)
        {
            pieces[0] = pieces[0][bytes..];
        }
    }

    // False when there is less than a packet, and then room for the rest of it.
    private bool TryTake(out MqttPacket? packet)
    {
        packet = null;
        ReadOnlySpan<byte> here = _buffer.AsSpan(_start, _end - _start);
        int length = 0;
        for (int i = 1; i < here.Length; i++)
        {
            if (i > LengthBytesMax)
            {
                throw new MqttProtocolViolationException("a packet's length has more than four bytes");
            }

            length |= (here[i] & 0x7F) << (7 * (i - 1));
            if (here[i] >= 0x80)
            {
                continue;
            }

            int total = 1 + i + length;
            if (total > LastBufferBytes)
            {
                throw new MqttProtocolViolationException($"a packet of {total} bytes is larger than we said we take");
            }

            if (here.Length < total)
            {
                MakeRoom(total);
                return false;
            }

            packet = Decode(here[0], _start + 1 + i, length);
            _start += total;
            return true;
        }

        MakeRoom(1 + LengthBytesMax);
        return false;
    }

    // The library copies a payload into memory of its own. That of a message is shown where it is instead, which spares each chunk
    // of a package a copy and the collector its garbage; all before it the library reads.
    private MqttPacket Decode(byte first, int at, int length)
    {
        int head = first >> 4 == (int)MqttControlPacketType.Publish ? HeadBytes(first, _buffer.AsSpan(at, length)) : length;
        MqttPacket packet = _formatter.Decode(new ReceivedMqttPacket(first, new ArraySegment<byte>(_buffer, at, head), 1 + head));
        if (head < length)
        {
            ((MqttPublishPacket)packet).Payload = new ReadOnlySequence<byte>(_buffer, at + head, length - head);
        }

        return packet;
    }

    // Bytes of a PUBLISH before its payload: topic, packet identifier, properties. All of them where they do not fit, which the
    // library then refuses in its own words.
    private static int HeadBytes(byte first, ReadOnlySpan<byte> body)
    {
        const int AnyQos = 0x06;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(body, out ushort topic))
        {
            return body.Length;
        }

        long head = sizeof(ushort) + topic + ((first & AnyQos) != 0 ? sizeof(ushort) : 0);
        long properties = 0;
        for (int shift = 0; head < body.Length && shift < 7 * LengthBytesMax; shift += 7)
        {
            byte digit = body[(int)head++];
            properties |= (long)(digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                return (int)Math.Min(head + properties, body.Length);
            }
        }

        return body.Length;
    }

    private void MakeRoom(int bytes)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length - _start >= bytes && _end < _buffer.Length)
        {
            return;
        }

        byte[] to = _buffer.Length >= bytes ? _buffer : new byte[LastBufferBytes];
        _buffer.AsSpan(_start, _end - _start).CopyTo(to);
        (_start, _end) = (0, _end - _start);
        _buffer = to;
    }
}
