using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>The files are those of the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void The_tightest_limit_on_the_way_to_the_root_counts()
    {
        _machine.Write("proc/self/cgroup", "0::/system.slice/edge-device.service\n");
        _machine.Write("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
        _machine.Write("sys/fs/cgroup/system.slice/memory.current", "241591910\n");
        _machine.Write("sys/fs/cgroup/system.slice/memory.stat", "anon 1\ninactive_file 10000000\n");
        _machine.Write("sys/fs/cgroup/system.slice/edge-device.service/memory.max", "max\n");
        _machine.Write("sys/fs/cgroup/system.slice/edge-device.service/cpu.max", "50000 100000\n");
        _machine.Write("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n");

        ControlGroup group = ControlGroup.Of(_machine.Files);

        Assert.Equal(268435456, group.MemoryBytes);
        Assert.Equal(268435456 - 241591910 + 10000000, group.MemoryLeft);
        Assert.Equal(0.5, group.Cores);
        Finding quota = Assert.Single(MachineChecks.Quota(group, 4));
        Assert.True(quota.Level == FindingLevel.Warning && quota.Remedy!.Contains("CPUQuota=", StringComparison.Ordinal));
        Assert.Contains(MachineChecks.Memory(_machine.Files, group), finding =>
            finding.Level == FindingLevel.Problem && finding.Remedy!.Contains("MemoryMax=", StringComparison.Ordinal));
    }

    [Fact]
    public void Version_1_is_read_where_a_container_mounts_its_own_group_as_the_root()
    {
        _machine.Write("proc/self/cgroup", "9:memory:/docker/abc\n5:cpu,cpuacct:/docker/abc\n");
        _machine.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
        _machine.Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "36870912\n");
        _machine.Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
        _machine.Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");

        ControlGroup group = ControlGroup.Of(_machine.Files);

        Assert.Equal((536870912, 500000000, 1.5), (group.MemoryBytes, group.MemoryLeft, group.Cores));
    }

    [Theory]
    [InlineData("4:memory:/\n3:cpu:/\n", "9223372036854771712", "-1")]
    [InlineData("", "5", "5")]
    [InlineData("nonsense\n", "5", "5")]
    public void No_limit_is_none(string groups, string memory, string quota)
    {
        _machine.Write("proc/self/cgroup", groups);
        _machine.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", memory);
        _machine.Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1");
        _machine.Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota);
        _machine.Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");

        Assert.Equal(new ControlGroup(null, null, null), ControlGroup.Of(_machine.Files));
    }

    public void Dispose() => _machine.Dispose();
}
