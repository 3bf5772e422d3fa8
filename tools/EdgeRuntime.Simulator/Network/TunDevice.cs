using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Simulator.Network;

/// <summary>A TUN device of the kernel: IP packets that leave through it are read here, what is written here arrives by it.</summary>
/// <remarks>It stays ours when it is moved into another network namespace, and goes with the process.</remarks>
internal sealed partial class TunDevice : IDisposable
{
    private const nuint SetInterface = 0x400454ca; // TUNSETIFF
    private const short WithoutHeader = 0x1001; // IFF_TUN | IFF_NO_PI
    private const int RequestBytes = 40; // struct ifreq
    private const int NameBytes = 16;

    private readonly SafeFileHandle _file;

    /// <summary>Makes the device.</summary>
    /// <param name="name">At most 15 characters.</param>
    /// <exception cref="IOException">The kernel does not let us; also <see cref="UnauthorizedAccessException"/>.</exception>
    public TunDevice(string name)
    {
        _file = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> request = stackalloc byte[RequestBytes];
        Encoding.ASCII.GetBytes(name, request[..(NameBytes - 1)]);
        BitConverter.TryWriteBytes(request[NameBytes..], WithoutHeader);
        if (Ioctl(_file, SetInterface, request) < 0)
        {
            throw new IOException($"the TUN device {name} cannot be made: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Waits for a packet. 0 when the device is gone.</summary>
    public int Read(Span<byte> packet) => Math.Max(0, (int)Read(_file, packet, (nuint)packet.Length));

    /// <summary>Delivers a packet; one that the other side cannot take now is lost, as on a wire.</summary>
    public void Write(ReadOnlySpan<byte> packet) => _ = Write(_file, packet, (nuint)packet.Length);

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, Span<byte> argument);

    // RandomAccess reads and writes only files that can seek.
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, Span<byte> bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint count);
}
