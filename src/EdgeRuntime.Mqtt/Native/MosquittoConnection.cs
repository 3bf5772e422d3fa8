using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>One connection's life: a libmosquitto client that connects once and is then thrown away.</summary>
/// <remarks>
/// A client of its own for each connection, because the library would otherwise send again, with its own idea of credits,
/// what was in flight when the last one was lost; here the owner's outbox decides that. Only <see cref="Publish"/> may be
/// called from another thread than the one that drives the connection.
/// </remarks>
internal sealed unsafe class MosquittoConnection : IDisposable
{
    // Longer names are rare; they cost one allocation.
    private const int StackBytes = 1024;

    private nint _client;

    /// <param name="owner">A <see cref="GCHandle"/> of the <see cref="Conversation"/> whose events these are.</param>
    /// <param name="will">Null for none; already within what the broker allows.</param>
    /// <exception cref="ArgumentException">The library refuses an option.</exception>
    public MosquittoConnection(LinkOptions options, LinkMessage? will, nint owner)
    {
        fixed (byte* clientId = Utf8(options.ClientId))
        {
            _client = LibMosquitto.New(clientId, cleanStart: 0, owner);
        }

        if (_client == 0)
        {
            throw new ArgumentException($"'{options.ClientId}' is no MQTT client id");
        }

        try
        {
            Check(LibMosquitto.SetOption(_client, LibMosquitto.OptionProtocolVersion, LibMosquitto.ProtocolVersion5));
            Check(LibMosquitto.SetOption(_client, LibMosquitto.OptionTcpNoDelay, 1));

            // The library's own credits out of the way: ours are never more than the broker's.
            Check(LibMosquitto.SetOption(_client, LibMosquitto.OptionSendMaximum, ushort.MaxValue));

            // "Threaded" means that publishing only queues: the socket belongs to the thread that drives us.
            Check(LibMosquitto.SetThreaded(_client, 1));
            SetCredentials(options);
            if (will is { } message)
            {
                SetWill(message, options.WillDelaySeconds);
            }

            MosquittoCallbacks.Attach(_client);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>File descriptor; -1 while there is no connection.</summary>
    public int Socket => LibMosquitto.Socket(_client);

    /// <summary>True when something waits to be written.</summary>
    public bool WantsWrite => LibMosquitto.WantsWrite(_client) != 0;

    /// <summary>Begins to connect, without waiting.</summary>
    /// <param name="address">Numeric address: a name could make the library wait for a name server.</param>
    /// <returns>0, or the error as errno.</returns>
    public int Connect(LinkOptions options, string address)
    {
        nint properties = 0;
        try
        {
            Check(LibMosquitto.AddInt32(&properties, LibMosquitto.PropertySessionExpiry, (uint)options.SessionExpirySeconds));
            Check(LibMosquitto.AddInt32(&properties, LibMosquitto.PropertyMaximumPacketSize, LinkPacket.BytesMax));
            fixed (byte* host = Utf8(address))
            {
                // The call that takes CONNECT properties waits for the network; the one that does not wait takes none.
                // Refused for its port, the first still keeps the properties for the second.
                int refused = LibMosquitto.Connect(_client, host, port: -1, options.KeepAliveSeconds, null, properties);
                if (refused != LibMosquitto.ErrorInvalid)
                {
                    throw new InvalidOperationException($"libmosquitto accepts port -1 ({refused})");
                }

                int error = LibMosquitto.ConnectAsync(_client, host, options.Port, options.KeepAliveSeconds);
                return error switch
                {
                    <= LibMosquitto.ErrorSuccess => 0,
                    LibMosquitto.ErrorErrno => Marshal.GetLastPInvokeError(),
                    _ => throw Refused(error),
                };
            }
        }
        finally
        {
            LibMosquitto.FreeProperties(&properties);
        }
    }

    /// <summary>Queues one message, to be written by <see cref="Write"/>.</summary>
    /// <returns>An error number of the library; 0 for success.</returns>
    public int Publish(in LinkMessage message, int qos, bool retain, out int packetId)
    {
        int bytes = 3 + Encoding.UTF8.GetMaxByteCount(
            message.Topic.Length + (message.ContentType?.Length ?? 0) + (message.ResponseTopic?.Length ?? 0));
        Span<byte> names = bytes <= StackBytes ? stackalloc byte[StackBytes] : new byte[bytes];
        nint properties = 0;
        int id = 0;
        fixed (byte* name = names)
        fixed (byte* payload = message.Payload.Span)
        {
            try
            {
                AddProperties(&properties, message, name);
                _ = Put(message.Topic, name);
                return LibMosquitto.Publish(
                    _client, &id, name, message.Payload.Length, payload, qos, retain ? (byte)1 : (byte)0, properties);
            }
            finally
            {
                LibMosquitto.FreeProperties(&properties);
                packetId = id;
            }
        }
    }

    /// <summary>Queues one subscription; kept messages that match it come again.</summary>
    /// <returns>An error number of the library; 0 for success.</returns>
    public int Subscribe(string filter, int qos, out int packetId)
    {
        int id = 0;
        fixed (byte* name = Utf8(filter))
        {
            int error = LibMosquitto.Subscribe(_client, &id, name, qos, options: 0, properties: 0);
            packetId = id;
            return error;
        }
    }

    /// <summary>Queues the farewell, after which the broker discards the will.</summary>
    public void Disconnect() => _ = LibMosquitto.Disconnect(_client, reason: 0, properties: 0);

    /// <summary>Reads what has come and calls back for it.</summary>
    public int Read() => LibMosquitto.LoopRead(_client, packetsMax: 1);

    /// <summary>Writes what the socket takes.</summary>
    public int Write() => LibMosquitto.LoopWrite(_client, packetsMax: 1);

    /// <summary>Keeps the connection alive; to be called every second or so.</summary>
    public int KeepAlive() => LibMosquitto.LoopMisc(_client);

    /// <summary>Closes the socket, without a farewell unless <see cref="Disconnect"/> was written.</summary>
    public void Dispose()
    {
        LibMosquitto.Destroy(_client);
        _client = 0;
    }

    /// <summary>Reads the properties of a CONNACK; what it does not state is unlimited.</summary>
    public static BrokerLimits Limits(nint properties, int credits)
    {
        ushort receiveMaximum = ushort.MaxValue;
        byte maximumQos = 1, retain = 1;
        uint packetBytesMax = uint.MaxValue;
        _ = LibMosquitto.ReadInt16(properties, LibMosquitto.PropertyReceiveMaximum, &receiveMaximum, 0);
        _ = LibMosquitto.ReadByte(properties, LibMosquitto.PropertyMaximumQos, &maximumQos, 0);
        _ = LibMosquitto.ReadByte(properties, LibMosquitto.PropertyRetainAvailable, &retain, 0);
        _ = LibMosquitto.ReadInt32(properties, LibMosquitto.PropertyMaximumPacketSize, &packetBytesMax, 0);
        return BrokerLimits.Of(credits, receiveMaximum, maximumQos, retain != 0, packetBytesMax);
    }

    private static void AddProperties(nint* properties, in LinkMessage message, byte* scratch)
    {
        if (message.ExpirySeconds > 0)
        {
            Check(LibMosquitto.AddInt32(properties, LibMosquitto.PropertyMessageExpiry, (uint)message.ExpirySeconds));
        }

        if (message.ContentType is { Length: > 0 } contentType)
        {
            Check(LibMosquitto.AddString(properties, LibMosquitto.PropertyContentType, Put(contentType, scratch)));
        }

        if (message.ResponseTopic is { Length: > 0 } responseTopic)
        {
            Check(LibMosquitto.AddString(properties, LibMosquitto.PropertyResponseTopic, Put(responseTopic, scratch)));
        }

        if (!message.Correlation.IsEmpty)
        {
            fixed (byte* correlation = message.Correlation.Span)
            {
                Check(LibMosquitto.AddBinary(
                    properties, LibMosquitto.PropertyCorrelation, correlation, (ushort)message.Correlation.Length));
            }
        }
    }

    /// <summary>Writes a C string. The library copies what it is given, so one scratch space serves them all.</summary>
    private static byte* Put(string text, byte* scratch)
    {
        int length = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Encoding.UTF8.GetMaxByteCount(text.Length)));
        scratch[length] = 0;
        return scratch;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int error)
    {
        if (error != LibMosquitto.ErrorSuccess)
        {
            throw Refused(error);
        }
    }

    private static ArgumentException Refused(int error) =>
        new($"libmosquitto refuses it: {LibMosquitto.Text(LibMosquitto.ErrorText(error))}");

    private void SetCredentials(LinkOptions options)
    {
        if (options.UserName is null)
        {
            return;
        }

        fixed (byte* userName = Utf8(options.UserName))
        fixed (byte* password = options.Password is null ? null : Utf8(options.Password))
        {
            Check(LibMosquitto.SetCredentials(_client, userName, password));
        }
    }

    private void SetWill(in LinkMessage will, int delaySeconds)
    {
        nint properties = 0;
        byte[] scratch = new byte[1 + Encoding.UTF8.GetMaxByteCount(
            Math.Max(will.Topic.Length, Math.Max(will.ContentType?.Length ?? 0, will.ResponseTopic?.Length ?? 0)))];
        fixed (byte* name = scratch)
        fixed (byte* payload = will.Payload.Span)
        {
            try
            {
                AddProperties(&properties, will, name);
                if (delaySeconds > 0)
                {
                    Check(LibMosquitto.AddInt32(&properties, LibMosquitto.PropertyWillDelay, (uint)delaySeconds));
                }

                Check(LibMosquitto.SetWill(_client, Put(will.Topic, name), will.Payload.Length, payload,
                    will.Qos, will.Retain ? (byte)1 : (byte)0, properties));

                // The library owns them now.
                properties = 0;
            }
            finally
            {
                LibMosquitto.FreeProperties(&properties);
            }
        }
    }
}
