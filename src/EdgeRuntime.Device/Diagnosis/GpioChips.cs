using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The labels of this machine's GPIO chips: their numbers differ from kernel to kernel, their labels do not.</summary>
internal static partial class GpioChips
{
    // struct gpiochip_info of linux/gpio.h: two names of 32 bytes and the number of lines.
    private const int NameBytes = 32;
    private const int InfoBytes = NameBytes + NameBytes + sizeof(uint);
    private const nuint GetChipInfo = 0x8044B401;

    /// <summary>Each chip's file and label; those that this user may not open are left out.</summary>
    public static IReadOnlyDictionary<string, string> Labels(MachineFiles files)
    {
        Dictionary<string, string> labels = [];
        foreach (string node in files.Entries("dev", "gpiochip"))
        {
            if (Label($"/{node}") is string label)
            {
                labels[$"/{node}"] = label;
            }
        }

        return labels;
    }

    /// <summary>The label in the kernel's answer.</summary>
    internal static string LabelIn(ReadOnlySpan<byte> info)
    {
        ReadOnlySpan<byte> label = info.Slice(NameBytes, NameBytes);
        int end = label.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? label : label[..end]);
    }

    private static unsafe string? Label(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            Span<byte> info = stackalloc byte[InfoBytes];
            fixed (byte* bytes = info)
            {
                return Ask(file, GetChipInfo, bytes) == 0 ? LabelIn(info) : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Ask(SafeFileHandle file, nuint request, byte* answer);
}
