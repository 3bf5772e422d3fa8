using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class ProcessMemoryTests
{
    // Lines as the manual page proc(5) shows them.
    [Theory]
    [InlineData("00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon", 0x400000, 0x52000)]
    [InlineData("35b1800000-35b1820000 r-xp 00000000 08:02 135522  /usr/lib64/ld 2.15.so", 0x35b1800000, 0x20000)]
    public void Code_of_a_file_is_given_back(string line, long start, long length)
    {
        Assert.True(ProcessMemory.TryReadCode(line, out nint from, out nuint size));
        Assert.Equal((nint)start, from);
        Assert.Equal((nuint)length, size);
    }

    [Theory]
    [InlineData("00651000-00652000 r--p 00051000 08:02 173521      /usr/bin/dbus-daemon")]
    [InlineData("00652000-00655000 rw-p 00052000 08:02 173521      /usr/bin/dbus-daemon")]
    [InlineData("00e03000-00e24000 rw-p 00000000 00:00 0           [heap]")]
    [InlineData("7fffb2d48000-7fffb2d49000 r-xp 00000000 00:00 0           [vdso]")]
    [InlineData("f2c6ff8c000-7f2c7078c000 r-xp 00000000 00:00 0")]
    [InlineData("")]
    public void What_may_hold_the_only_copy_of_something_is_kept(string line) =>
        Assert.False(ProcessMemory.TryReadCode(line, out _, out _));
}
