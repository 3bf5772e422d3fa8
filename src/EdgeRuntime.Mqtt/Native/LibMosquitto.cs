using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace EdgeRuntime.Mqtt;

/// <summary>The part of libmosquitto's C interface in use. Names and numbers are those of mosquitto.h.</summary>
internal static unsafe partial class LibMosquitto
{
    public const int ErrorSuccess = 0;
    public const int ErrorInvalid = 3;
    public const int ErrorNoConnection = 4;
    public const int ErrorConnectionLost = 7;
    public const int ErrorErrno = 14;

    public const int OptionProtocolVersion = 1;
    public const int OptionSendMaximum = 5;
    public const int OptionTcpNoDelay = 11;
    public const int ProtocolVersion5 = 5;

    public const int PropertyMessageExpiry = 2;
    public const int PropertyContentType = 3;
    public const int PropertyResponseTopic = 8;
    public const int PropertyCorrelation = 9;
    public const int PropertySessionExpiry = 17;
    public const int PropertyWillDelay = 24;
    public const int PropertyReasonString = 31;
    public const int PropertyReceiveMaximum = 33;
    public const int PropertyMaximumQos = 36;
    public const int PropertyRetainAvailable = 37;
    public const int PropertyMaximumPacketSize = 39;

    public const int ReasonRefused = 128;

    private const string Library = "libmosquitto.so.1";
    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Loads and initializes the library once in the life of the process.</summary>
    /// <returns>Its name and version.</returns>
    /// <exception cref="LinkUnavailableException">It is not installed, or too old.</exception>
    public static string Load() => Loaded.Value;

    private static string LoadOnce()
    {
        // Beside the program first: a published archive brings the version it was tested with.
        string shipped = Path.Combine(AppContext.BaseDirectory, "lib", Library);
        if (!(File.Exists(shipped) && NativeLibrary.TryLoad(shipped, out nint library))
            && !NativeLibrary.TryLoad(Library, out library))
        {
            throw new LinkUnavailableException(
                $"{Library} was found neither in {Path.GetDirectoryName(shipped)} nor on this system; "
                + "install it with: apt install libmosquitto1");
        }

        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? library : 0);

        int major = 0, minor = 0, revision = 0;
        _ = Version(&major, &minor, &revision);
        if (major != 2)
        {
            throw new LinkUnavailableException($"{Library} is version {major}.{minor}.{revision}; version 2 is needed");
        }

        int error = Initialize();
        return error == ErrorSuccess
            ? $"libmosquitto {major}.{minor}.{revision}"
            : throw new LinkUnavailableException($"{Library} does not start: {Text(ErrorText(error))}");
    }

    /// <summary>A C string of the library as a managed one.</summary>
    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    [LibraryImport(Library, EntryPoint = "mosquitto_lib_version")]
    private static partial int Version(int* major, int* minor, int* revision);

    [LibraryImport(Library, EntryPoint = "mosquitto_lib_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "mosquitto_strerror")]
    public static partial byte* ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "mosquitto_reason_string")]
    public static partial byte* ReasonText(int reason);

    [LibraryImport(Library, EntryPoint = "mosquitto_new")]
    public static partial nint New(byte* clientId, byte cleanStart, nint owner);

    [LibraryImport(Library, EntryPoint = "mosquitto_destroy")]
    public static partial void Destroy(nint mosquitto);

    [LibraryImport(Library, EntryPoint = "mosquitto_threaded_set")]
    public static partial int SetThreaded(nint mosquitto, byte threaded);

    [LibraryImport(Library, EntryPoint = "mosquitto_int_option")]
    public static partial int SetOption(nint mosquitto, int option, int value);

    [LibraryImport(Library, EntryPoint = "mosquitto_username_pw_set")]
    public static partial int SetCredentials(nint mosquitto, byte* userName, byte* password);

    [LibraryImport(Library, EntryPoint = "mosquitto_will_set_v5")]
    public static partial int SetWill(
        nint mosquitto, byte* topic, int payloadBytes, byte* payload, int qos, byte retain, nint properties);

    [LibraryImport(Library, EntryPoint = "mosquitto_connect_bind_v5")]
    public static partial int Connect(
        nint mosquitto, byte* host, int port, int keepAlive, byte* bindAddress, nint properties);

    [LibraryImport(Library, EntryPoint = "mosquitto_connect_async", SetLastError = true)]
    public static partial int ConnectAsync(nint mosquitto, byte* host, int port, int keepAlive);

    [LibraryImport(Library, EntryPoint = "mosquitto_disconnect_v5")]
    public static partial int Disconnect(nint mosquitto, int reason, nint properties);

    [LibraryImport(Library, EntryPoint = "mosquitto_publish_v5")]
    public static partial int Publish(
        nint mosquitto, int* messageId, byte* topic, int payloadBytes, byte* payload, int qos, byte retain, nint properties);

    [LibraryImport(Library, EntryPoint = "mosquitto_subscribe_v5")]
    public static partial int Subscribe(
        nint mosquitto, int* messageId, byte* filter, int qos, int options, nint properties);

    [LibraryImport(Library, EntryPoint = "mosquitto_socket")]
    public static partial int Socket(nint mosquitto);

    [LibraryImport(Library, EntryPoint = "mosquitto_want_write")]
    public static partial byte WantsWrite(nint mosquitto);

    [LibraryImport(Library, EntryPoint = "mosquitto_loop_read", SetLastError = true)]
    public static partial int LoopRead(nint mosquitto, int packetsMax);

    [LibraryImport(Library, EntryPoint = "mosquitto_loop_write", SetLastError = true)]
    public static partial int LoopWrite(nint mosquitto, int packetsMax);

    [LibraryImport(Library, EntryPoint = "mosquitto_loop_misc")]
    public static partial int LoopMisc(nint mosquitto);

    [LibraryImport(Library, EntryPoint = "mosquitto_connect_v5_callback_set")]
    public static partial void OnConnect(nint mosquitto, delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "mosquitto_disconnect_v5_callback_set")]
    public static partial void OnDisconnect(nint mosquitto, delegate* unmanaged[Cdecl]<nint, nint, int, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "mosquitto_publish_v5_callback_set")]
    public static partial void OnPublish(nint mosquitto, delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "mosquitto_message_v5_callback_set")]
    public static partial void OnMessage(nint mosquitto, delegate* unmanaged[Cdecl]<nint, nint, Message*, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "mosquitto_subscribe_v5_callback_set")]
    public static partial void OnSubscribe(nint mosquitto, delegate* unmanaged[Cdecl]<nint, nint, int, int, int*, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_add_int32")]
    public static partial int AddInt32(nint* properties, int identifier, uint value);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_add_binary")]
    public static partial int AddBinary(nint* properties, int identifier, byte* value, ushort length);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_add_string")]
    public static partial int AddString(nint* properties, int identifier, byte* value);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_read_byte")]
    public static partial nint ReadByte(nint properties, int identifier, byte* value, byte skipFirst);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_read_int16")]
    public static partial nint ReadInt16(nint properties, int identifier, ushort* value, byte skipFirst);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_read_int32")]
    public static partial nint ReadInt32(nint properties, int identifier, uint* value, byte skipFirst);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_read_string")]
    public static partial nint ReadString(nint properties, int identifier, byte** value, byte skipFirst);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_read_binary")]
    public static partial nint ReadBinary(nint properties, int identifier, byte** value, ushort* length, byte skipFirst);

    [LibraryImport(Library, EntryPoint = "mosquitto_property_free_all")]
    public static partial void FreeProperties(nint* properties);

    /// <summary>struct mosquitto_message.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Id;
        public byte* Topic;
        public byte* Payload;
        public int PayloadBytes;
        public int Qos;
        public byte Retain;
    }
}
