using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class ActionReaderTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "Fixtures", "valid", "actions.json");

    [Fact]
    public void A_pin_becomes_the_line_that_the_profile_says_and_named_lines_stay()
    {
        Mistakes mistakes = new();
        DeviceProfile board = Board() with
        {
            Buses = [new BoardBus("header", "gpio", null, "pinctrl-rp1", [], null)],
            Pins = [new HeaderPin(11, "GPIO17", "header", 17)],
        };

        DeviceConfiguration settled = Settle(board, mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.Equal(
            [("pinctrl-rp1", 17, true, false), ("/dev/gpiochip0", 4, false, true)],
            settled.Models[0].Actions.OfType<ActionConfiguration.Line>().Select(line => (line.Chip, line.Offset, line.IsSafeOn, line.ActiveLow)));
    }

    [Fact]
    public void A_pin_that_the_board_does_not_have_is_noted_at_its_place()
    {
        Mistakes other = new();
        Mistakes none = new();

        Settle(Board() with { Pins = [new HeaderPin(12, "GPIO18", "header", 18)] }, other);
        Settle(Board(), none);

        Assert.Equal([$"{File}:12:71: models[0].actions[0].pin: 11 is no GPIO pin of some-board; there are 12"], other.Lines());
        Assert.Equal([$"{File}:12:71: models[0].actions[0].pin: the profile some-board has no pins; name chip and line"], none.Lines());
    }

    private static DeviceProfile Board() => new() { Name = "some-board", Architecture = "arm64" };

    private static DeviceConfiguration Settle(DeviceProfile board, Mistakes mistakes) => ActionReader.Settle(
        ConfigurationReader.Load(File, mistakes)!.Value.Configuration, board,
        JsonFile.Parse(System.IO.File.ReadAllBytes(File), File, mistakes)!, mistakes);
}
