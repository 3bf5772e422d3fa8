using System.Text;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Sensors.Tests.Vitals;

public sealed class CounterTests
{
    [Theory]
    [InlineData(10UL, 25UL, 15UL)]
    [InlineData(4_294_967_290UL, 4UL, 10UL)] // wrapped at 32 bits
    [InlineData(5_000UL, 4_999UL, 0UL)] // fell a little, as iowait does
    [InlineData(900_000UL, 10UL, 0UL)] // began again
    [InlineData(18_000_000_000_000_000_000UL, 5UL, 0UL)] // too large to have wrapped at 32 bits
    public void A_counter_grows_over_a_wrap_and_not_over_a_restart(ulong last, ulong now, ulong grown)
    {
        Assert.Equal(grown, Counter.Grown(last, now));
    }

    [Theory]
    [InlineData("sda", "sda1", true)]
    [InlineData("sda", "sdaa", false)]
    [InlineData("nvme0n1", "nvme0n1p2", true)]
    [InlineData("nvme0n1", "nvme0n10", false)]
    [InlineData("mmcblk0", "mmcblk0p1", true)]
    [InlineData("mmcblk0", "mmcblk0boot0", false)]
    [InlineData("mmcblk1", "mmcblk10", false)]
    [InlineData("vda", "vda", false)]
    [InlineData("", "vda1", false)]
    public void A_partition_is_told_from_a_disk_by_the_kernels_naming_rule(string disk, string name, bool part)
    {
        Assert.Equal(part, DiskVitals.IsPartOf(Encoding.ASCII.GetBytes(disk), Encoding.ASCII.GetBytes(name)));
    }
}
