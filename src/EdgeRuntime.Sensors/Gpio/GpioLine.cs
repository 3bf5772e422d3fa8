using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Sensors.Gpio;

/// <summary>
/// One line of a GPIO chip as an output, through the kernel's character device: a relay, a lamp, a stop input. The line is this
/// process's alone while it is held.
/// </summary>
/// <remarks>
/// <see cref="TrySet"/> is for one thread and allocates nothing: one call of the kernel, some microseconds on a processor's own
/// lines, a bus transfer on an expander. What the line does once it is given back is the chip's to say; most keep the level, so
/// it is set to what is safe before.
/// </remarks>
public sealed unsafe partial class GpioLine : IDisposable
{
    private const string Devices = "/dev";
    private const string Chips = "gpiochip*";
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int Busy = 16;
    private const int NotPermitted = 1;
    private const int NoAccess = 13;
    private const int Invalid = 22;

    private readonly int _descriptor;
    private bool _isDisposed;

    private GpioLine(int descriptor, string name)
    {
        _descriptor = descriptor;
        Name = name;
    }

    /// <summary>For people: <c>line 17 of gpiochip0</c>.</summary>
    public string Name { get; }

    /// <summary>Takes a line as an output.</summary>
    /// <param name="chip">A device such as <c>/dev/gpiochip0</c>, or a chip's name or label, such as <c>pinctrl-rp1</c>.</param>
    /// <param name="line">Offset in the chip, from 0.</param>
    /// <param name="isActiveLow">Whether it is on when its level is low.</param>
    /// <param name="isOn">Its state from the first moment on.</param>
    /// <param name="consumer">Who holds it, for people who list lines.</param>
    /// <exception cref="IOException">There is no such chip or line, it is held by another, or this process may not; a sentence.</exception>
    public static GpioLine Open(string chip, int line, bool isActiveLow, bool isOn, string consumer)
    {
        string path = chip.StartsWith('/') ? chip : Find(chip);
        int device = OpenDevice(path);
        try
        {
            (string name, _, int lines) = Ask(device)
                ?? throw new IOException($"{path} is no GPIO chip");
            if (line >= lines)
            {
                throw new IOException($"{path} has lines 0 to {lines - 1}; there is no line {line}");
            }

            Span<byte> request = stackalloc byte[GpioRequest.LineBytes];
            GpioRequest.FillOutput(request, line, isActiveLow, isOn, consumer);
            int error;
            fixed (byte* bytes = request)
            {
                error = Control(device, GpioRequest.GetLine, bytes) < 0 ? Marshal.GetLastPInvokeError() : 0;
            }

            return error == 0
                ? new GpioLine(BitConverter.ToInt32(request[GpioRequest.LineDescriptor..]), $"line {line} of {name}")
                : throw new IOException($"line {line} of {path} cannot be an output: {Reason(error)}");
        }
        finally
        {
            _ = Close(device);
        }
    }

    /// <summary>The label of every chip that this process may open, by its device: numbers differ from kernel to kernel, labels do not.</summary>
    public static IReadOnlyDictionary<string, string> ChipLabels()
    {
        Dictionary<string, string> labels = [];
        foreach (string path in Directory.EnumerateFileSystemEntries(Devices, Chips))
        {
            int device = TryOpen(path, CloseOnExec);
            if (device >= 0 && Ask(device) is { } info)
            {
                labels[path] = info.Label;
            }

            if (device >= 0)
            {
                _ = Close(device);
            }
        }

        return labels;
    }

    /// <summary>Switches it on or off at once.</summary>
    /// <returns>False when the kernel refused.</returns>
    public bool TrySet(bool on)
    {
        // struct gpio_v2_line_values: the states, and which of them are meant.
        ulong* values = stackalloc ulong[2] { on ? 1ul : 0, 1 };
        return !_isDisposed && Control(_descriptor, GpioRequest.SetValues, values) == 0;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ = Close(_descriptor);
        }
    }

    // Numbers of chips change from start to start; names and labels do not.
    private static string Find(string chip)
    {
        List<string> there = [];
        foreach (string path in Directory.EnumerateFileSystemEntries(Devices, Chips).Order(StringComparer.Ordinal))
        {
            int device = TryOpen(path, ReadWrite | CloseOnExec);
            (string Name, string Label, int Lines)? info = device < 0 ? null : Ask(device);
            if (device >= 0)
            {
                _ = Close(device);
            }

            if (info is not null && (info.Value.Name == chip || info.Value.Label == chip))
            {
                return path;
            }

            there.Add(info is null ? $"{path} (not readable)" : $"{path} ({info.Value.Label})");
        }

        throw new IOException(there.Count == 0
            ? $"there is no GPIO chip '{chip}': this machine has no {Devices}/{Chips} at all"
            : $"there is no GPIO chip '{chip}' among {string.Join(", ", there)}");
    }

    private static int OpenDevice(string path)
    {
        int device = TryOpen(path, ReadWrite | CloseOnExec);
        return device >= 0 ? device : throw new IOException($"{path} cannot be opened: {Reason(Marshal.GetLastPInvokeError())}");
    }

    private static (string Name, string Label, int Lines)? Ask(int device)
    {
        Span<byte> info = stackalloc byte[GpioRequest.ChipInfoBytes];
        fixed (byte* bytes = info)
        {
            return Control(device, GpioRequest.ChipInfo, bytes) < 0 ? null : GpioRequest.ReadChip(info);
        }
    }

    private static string Reason(int error) => error switch
    {
        Busy => "another program, or the kernel, holds it (gpioinfo shows which)",
        NotPermitted or NoAccess => "this user may not; add it to the group of the device (often gpio)",
        Invalid => "the kernel is older than 5.10, or the line can be no output",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Marshal.GetPInvokeErrorMessage(error)} ({error})"),
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TryOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
