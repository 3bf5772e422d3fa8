using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Sensors.Gpio;

/// <summary>
/// What the kernel's character devices of GPIO chips take and give (linux/gpio.h, version 2 of the interface): numbers of
/// calls and places in their structures, which are the same on every 64-bit Linux.
/// </summary>
internal static class GpioRequest
{
    /// <summary>GPIO_GET_CHIPINFO_IOCTL.</summary>
    public const uint ChipInfo = 0x8044_B401;

    /// <summary>GPIO_V2_GET_LINE_IOCTL.</summary>
    public const uint GetLine = 0xC250_B407;

    /// <summary>GPIO_V2_LINE_SET_VALUES_IOCTL.</summary>
    public const uint SetValues = 0xC010_B40F;

    /// <summary>Size of struct gpiochip_info.</summary>
    public const int ChipInfoBytes = 68;

    /// <summary>Size of struct gpio_v2_line_request.</summary>
    public const int LineBytes = 592;

    /// <summary>Where the request's answer stands: the line's descriptor.</summary>
    public const int LineDescriptor = 588;

    private const int NameBytes = 32;
    private const int ConsumerAt = 256;
    private const int FlagsAt = 288;
    private const int AttributesAt = 296;
    private const int AttributeAt = 320;
    private const int AttributeValuesAt = 328;
    private const int AttributeMaskAt = 336;
    private const int LinesAt = 560;
    private const ulong ActiveLow = 1 << 1;
    private const ulong Output = 1 << 3;
    private const uint OutputValues = 2;

    /// <summary>Fills a request for one line as an output that is in a state from the start.</summary>
    /// <param name="request"><see cref="LineBytes"/>; overwritten whole.</param>
    /// <param name="line">Offset of the line in its chip.</param>
    /// <param name="isActiveLow">Whether it is on when its level is low.</param>
    /// <param name="isOn">Its state from the first moment on, so that it is never in another.</param>
    /// <param name="consumer">For people who list lines; cut to 31 bytes.</param>
    public static void FillOutput(Span<byte> request, int line, bool isActiveLow, bool isOn, string consumer)
    {
        request.Clear();
        Write(request, (uint)line);
        Encoding.UTF8.GetEncoder().Convert(
            consumer, request.Slice(ConsumerAt, NameBytes - 1), flush: true, out _, out _, out _);
        Write(request[FlagsAt..], Output | (isActiveLow ? ActiveLow : 0));
        Write(request[AttributesAt..], 1u);
        Write(request[AttributeAt..], OutputValues);
        Write(request[AttributeValuesAt..], isOn ? 1ul : 0);
        Write(request[AttributeMaskAt..], 1ul);
        Write(request[LinesAt..], 1u);
    }

    /// <summary>Name, label and lines of a chip.</summary>
    /// <param name="info"><see cref="ChipInfoBytes"/>, as <see cref="ChipInfo"/> filled them.</param>
    public static (string Name, string Label, int Lines) ReadChip(ReadOnlySpan<byte> info) => (
        Text(info[..NameBytes]), Text(info.Slice(NameBytes, NameBytes)),
        (int)(BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(info[(2 * NameBytes)..])
            : BinaryPrimitives.ReadUInt32BigEndian(info[(2 * NameBytes)..])));

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static void Write(Span<byte> at, uint value) => BitConverter.TryWriteBytes(at, value);

    private static void Write(Span<byte> at, ulong value) => BitConverter.TryWriteBytes(at, value);
}
