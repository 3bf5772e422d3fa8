using System.Text;
using EdgeRuntime.Sensors.Gpio;

namespace EdgeRuntime.Sensors.Tests.Gpio;

/// <summary>Against linux/gpio.h of Linux 6.1, as gcc lays its structures out (sizeof, offsetof and the values of its macros).</summary>
public sealed class GpioRequestTests
{
    [Fact]
    public void A_request_for_an_output_has_every_field_where_the_kernel_looks_for_it()
    {
        byte[] request = new byte[GpioRequest.LineBytes];

        GpioRequest.FillOutput(request, line: 17, isActiveLow: true, isOn: true, consumer: "edge-device pump");

        Assert.Equal(592, request.Length);
        Assert.Equal(17u, BitConverter.ToUInt32(request));
        Assert.Equal("edge-device pump\0", Encoding.ASCII.GetString(request, 256, 17));
        Assert.Equal(0b1010ul, BitConverter.ToUInt64(request, 288));
        Assert.Equal(1u, BitConverter.ToUInt32(request, 296));
        Assert.Equal(2u, BitConverter.ToUInt32(request, 320));
        Assert.Equal(1ul, BitConverter.ToUInt64(request, 328));
        Assert.Equal(1ul, BitConverter.ToUInt64(request, 336));
        Assert.Equal(1u, BitConverter.ToUInt32(request, 560));
        Assert.Equal(588, GpioRequest.LineDescriptor);
    }

    [Fact]
    public void A_consumers_name_is_cut_so_that_it_still_ends()
    {
        byte[] request = new byte[GpioRequest.LineBytes];

        GpioRequest.FillOutput(request, 0, isActiveLow: false, isOn: false, consumer: new string('x', 100));

        Assert.Equal(new string('x', 31) + "\0", Encoding.ASCII.GetString(request, 256, 32));
        Assert.Equal(0b1000ul, BitConverter.ToUInt64(request, 288));
        Assert.Equal(0ul, BitConverter.ToUInt64(request, 328));
    }

    [Fact]
    public void Calls_have_the_kernels_numbers()
    {
        Assert.Equal((0x8044B401u, 0xC250B407u, 0xC010B40Fu), (GpioRequest.ChipInfo, GpioRequest.GetLine, GpioRequest.SetValues));
        Assert.Equal(68, GpioRequest.ChipInfoBytes);
    }

    [Fact]
    public void A_chip_says_its_name_its_label_and_how_many_lines_it_has()
    {
        byte[] info = new byte[GpioRequest.ChipInfoBytes];
        Encoding.ASCII.GetBytes("gpiochip0").CopyTo(info, 0);
        Encoding.ASCII.GetBytes("pinctrl-rp1").CopyTo(info, 32);
        BitConverter.TryWriteBytes(info.AsSpan(64), 54u);

        Assert.Equal(("gpiochip0", "pinctrl-rp1", 54), GpioRequest.ReadChip(info));
    }

    [Theory]
    [InlineData("/dev/null", "/dev/null is no GPIO chip")]
    [InlineData("/dev/there-is-none", "/dev/there-is-none cannot be opened")]
    [InlineData("no-such-label", "there is no GPIO chip 'no-such-label'")]
    public void A_chip_that_is_not_there_is_refused_in_a_sentence(string chip, string sentence)
    {
        IOException refused = Assert.Throws<IOException>(() => GpioLine.Open(chip, 0, false, false, "test"));

        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }
}
