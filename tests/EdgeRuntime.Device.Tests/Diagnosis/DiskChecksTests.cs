using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

public sealed class DiskChecksTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData("/var/lib/edge", "mmcblk0p2, sd")]
    [InlineData("/data/edge", null)]
    [InlineData("/database", "mmcblk0p2, sd")]
    public void The_storage_under_the_state_directory_is_named_with_its_advice(string directory, string? found)
    {
        _machine.Write("proc/self/mountinfo", "25 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n31 25 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw\n");

        Finding[] findings = [.. DiskChecks.Storage(_machine.Files, ShippedProfile.Named("raspberry-pi-4"), directory)];

        Assert.Equal(found is null ? 0 : 1, findings.Length);
        Assert.All(findings, finding => Assert.Contains(found!, finding.Found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/var/lib/edge/runtime", true)]
    [InlineData("/opt/edge-device/edge-device", false)]
    public void A_mount_from_which_no_program_can_be_started_is_known(string path, bool isNoExec)
    {
        _machine.Write("proc/self/mountinfo", "25 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n31 25 259:1 / /var/lib rw,nosuid,noexec - ext4 /dev/nvme0n1p1 rw\n");

        Assert.Equal(isNoExec, MountPoint.Of(_machine.Files, path)!.IsNoExec);
    }

    public void Dispose() => _machine.Dispose();
}
