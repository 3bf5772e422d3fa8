using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

public sealed class SetupChecksTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void A_core_of_the_path_that_others_may_use_is_told_though_another_is_isolated()
    {
        _machine.Write("sys/devices/system/cpu/isolated", "1-2\n");
        DeviceProfile profile = ShippedProfile.Named("raspberry-pi-5");

        Finding finding = Assert.Single(SetupChecks.Cores(_machine.Files, profile));
        Assert.Contains("isolcpus=3", finding.Remedy, StringComparison.Ordinal);

        _machine.Write("sys/devices/system/cpu/isolated", "1,3\n");
        Assert.Empty(SetupChecks.Cores(_machine.Files, profile));

        _machine.Write("sys/devices/system/cpu/isolated", "\n");
        _machine.Write("sys/devices/system/cpu/present", "0-2\n");
        Assert.Empty(SetupChecks.Cores(_machine.Files, profile));
    }

    [Fact]
    public void What_the_running_device_takes_is_held_against_the_profiles_limit()
    {
        DeviceProfile profile = ShippedProfile.Named("raspberry-pi-5") with { Limits = new DeviceLimits { ResidentBytesMax = 64 << 20, CpuCoresMax = 2 } };
        ControlGroup none = new(null, null, null);

        Assert.Equal(FindingLevel.Ok, SetupChecks.Threads(profile, 4).Level);
        Assert.All(SetupChecks.Limits(profile.Limits, 4, none, 60 << 20), finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Contains(SetupChecks.Limits(profile.Limits, 4, none, 65 << 20), finding => finding.Level == FindingLevel.Problem);
        Assert.Equal(
            2, SetupChecks.Limits(profile.Limits, 4, new ControlGroup(32 << 20, 0, 0.5), null).Count(finding => finding.Level == FindingLevel.Warning));
    }

    [Theory]
    [InlineData(2, "0,1", 4, FindingLevel.Ok, "2 threads in an operator, 2 cores of the path")]
    [InlineData(4, "0,1", 4, FindingLevel.Warning, "2 cores of the path")]
    [InlineData(4, "0,1", 2, FindingLevel.Warning, "2 cores of the path")]
    [InlineData(4, "0,1,2,3", 2, FindingLevel.Warning, "4 threads in an operator, 2 cores: ")]
    [InlineData(4, "", 2, FindingLevel.Warning, "4 threads in an operator, 2 cores: ")]
    [InlineData(1, "", 1, FindingLevel.Ok, "1 thread in an operator, 1 core")]
    public void Threads_of_an_operator_are_held_against_the_fewest_cores_they_may_have(int threads, string path, int cores, object level, string found)
    {
        DeviceProfile profile = new()
        {
            Name = "board",
            Architecture = "arm64",
            Inference = new InferenceOptions { IntraOpThreads = threads },
            RealTime = new RealTimeOptions { Cores = CoreList.Parse(path) },
        };

        Finding finding = SetupChecks.Threads(profile, cores);

        Assert.Equal((FindingLevel)level, finding.Level);
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
    }

    public void Dispose() => _machine.Dispose();
}
