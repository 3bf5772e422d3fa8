using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

public sealed class ProcessBudgetTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Each_limit_is_told_once_when_it_is_passed_and_once_when_it_is_kept_again()
    {
        long resident = 0;
        TimeSpan used = TimeSpan.Zero;
        DeviceLimits limits = new() { ResidentBytesMax = 1000, CpuCoresMax = 0.5 };
        ProcessBudget budget = new(limits, _clock, () => resident, () => used);
        List<string> told = [];
        foreach ((long bytes, double seconds) in ((long, double)[])[(1000, 5), (1001, 5.1), (2000, 9), (10, 1), (10, 0)])
        {
            resident = bytes;
            used += TimeSpan.FromSeconds(seconds);
            _clock.Advance(ProcessBudget.Window);
            told.Add(string.Join(" ", budget.Look().Select(change => $"{(change.IsOver ? "+" : "-")}{change.Limit}")));
        }

        Assert.Equal(["", "+resident_bytes_max +cpu_cores_max", "", "-resident_bytes_max -cpu_cores_max", ""], told);
    }

    [Fact]
    public void Without_limits_nothing_is_measured()
    {
        ProcessBudget budget = new(new DeviceLimits(), _clock, () => throw new InvalidOperationException(), () => throw new InvalidOperationException());
        _clock.Advance(ProcessBudget.Window);

        Assert.Empty(budget.Look());
    }

    [Fact]
    public void Processor_time_is_measured_over_the_time_that_passed_however_late_the_look()
    {
        TimeSpan used = TimeSpan.FromHours(1);
        ProcessBudget budget = new(new DeviceLimits { CpuCoresMax = 1 }, _clock, () => 0, () => used);
        used += TimeSpan.FromSeconds(19);
        _clock.Advance(ProcessBudget.Window / 2);
        Assert.Empty(budget.Look());
        _clock.Advance(ProcessBudget.Window * 1.5);

        Assert.Empty(budget.Look());
    }
}
