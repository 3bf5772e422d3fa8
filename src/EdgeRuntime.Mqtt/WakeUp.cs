using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Mqtt;

/// <summary>Waits on one socket, and is woken from it by other threads: an eventfd beside the socket in poll(2).</summary>
/// <remarks>One thread waits; any thread may wake it until the waiting thread has disposed this.</remarks>
internal sealed unsafe partial class WakeUp : IDisposable
{
    public const short Readable = 0x001;
    public const short Writable = 0x004;

    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int Interrupted = 4;
    private const int SolSocket = 1;
    private const int SoError = 4;
    private const int ProtocolTcp = 6;
    private const int TcpQuickAck = 12;

    private readonly int _event;
    private int _armed;

    /// <exception cref="Win32Exception">The process has no file descriptor left.</exception>
    public WakeUp()
    {
        _event = EventFd(0, NonBlockingCloseOnExec);
        if (_event < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Says that <see cref="Wait"/> is about to be called: from here on a <see cref="Wake"/> will end it.
    /// Look for work between the two, so that none is overlooked.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    /// <summary>Ends the wait, when there is one or one is armed. Costs a system call only then.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 1)
        {
            ulong one = 1;
            _ = Write(_event, &one, sizeof(ulong));
        }
    }

    /// <summary>Waits for the socket, a wake-up or the end of the time, whichever comes first.</summary>
    /// <param name="socket">File descriptor, or -1 for none.</param>
    /// <param name="wanted"><see cref="Readable"/>, <see cref="Writable"/> or both.</param>
    /// <param name="milliseconds">-1 for ever.</param>
    /// <returns>What happened to the socket; 0 for nothing. Errors show as both, so that the next call meets them.</returns>
    public short Wait(int socket, short wanted, int milliseconds)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { File = _event, Wanted = Readable };
        entries[1] = new PollEntry { File = socket, Wanted = wanted };
        int ready = Poll(entries, 2, milliseconds);
        if (ready < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Interrupted ? (short)0 : throw new Win32Exception(error);
        }

        Interlocked.Exchange(ref _armed, 0);
        if (entries[0].Happened != 0)
        {
            ulong count;
            _ = Read(_event, &count, sizeof(ulong));
        }

        const short Failed = ~(Readable | Writable);
        return (entries[1].Happened & Failed) != 0 ? (short)(Readable | Writable) : entries[1].Happened;
    }

    /// <summary>The pending error of a socket, as errno; 0 for none.</summary>
    public static int ErrorOf(int socket)
    {
        int error = 0;
        uint length = sizeof(int);
        return GetSocketOption(socket, SolSocket, SoError, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Acknowledges what was read, where the kernel would wait up to 40 ms for bytes to send along (TCP_QUICKACK): a broker under
    /// Nagle's algorithm, mosquitto as it comes, holds the next small packet, or the end of a large one, back until then.
    /// </summary>
    public static void Acknowledge(int socket)
    {
        int now = 1;
        _ = SetSocketOption(socket, ProtocolTcp, TcpQuickAck, &now, sizeof(int));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_event);

    [LibraryImport("libc.so.6", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc.so.6", EntryPoint = "read")]
    private static partial nint Read(int file, void* buffer, nuint count);

    [LibraryImport("libc.so.6", EntryPoint = "write")]
    private static partial nint Write(int file, void* buffer, nuint count);

    [LibraryImport("libc.so.6", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc.so.6", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc.so.6", EntryPoint = "setsockopt")]
    private static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Happened;
    }
}
