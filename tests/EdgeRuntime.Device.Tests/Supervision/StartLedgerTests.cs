using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

public sealed class StartLedgerTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Two_crashes_in_a_row_make_the_third_start_go_back_and_the_fourth_count_anew()
    {
        Assert.Null(Start());
        Assert.Null(Start());
        Assert.Equal("the process ended 2 times in a row within 60 s of its start while it answered", Start());
        Assert.Null(Start());
    }

    [Fact]
    public void A_process_that_lived_a_minute_or_was_asked_to_stop_has_not_crashed()
    {
        Start();
        StartLedger steady = Ledger();
        steady.Begin();
        _clock.Advance(StartLedger.Steady);
        steady.Step();
        Assert.Null(Start());

        StartLedger stopped = Ledger();
        stopped.Begin();
        stopped.Stop();
        Assert.Null(Start());
        Assert.Null(Start());
    }

    [Fact]
    public void Power_that_flickers_is_no_crash()
    {
        for (int boot = 0; boot < 10; boot++)
        {
            Assert.Null(Start($"boot-{boot}"));
        }
    }

    [Fact]
    public void A_damaged_file_is_no_crash()
    {
        Start();
        Start();
        _disk.Delete("journal/starts");
        _disk.Write("journal/starts", 0, "edge-starts 1\nmany\nboot\nrunning\n"u8);

        Assert.Null(Start());
    }

    private string? Start(string boot = "boot") => Ledger(boot).Begin();

    private StartLedger Ledger(string boot = "boot") => new(_disk, boot, _clock);
}
