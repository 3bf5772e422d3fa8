using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

public sealed class SelftestTests
{
    [NativeFact]
    public async Task The_published_binary_passes_its_self_test()
    {
        using Scratch empty = new();

        (int code, string text) = await Run.ToEnd(Programs.Device, empty.Root, "selftest");

        Assert.True(code == 0, text);
    }

    [NativeFact]
    public async Task A_million_samples_allocate_no_managed_memory_in_the_whole_process()
    {
        using Scratch empty = new();

        (int code, string text) = await Run.ToEnd(Programs.Device, empty.Root, "selftest", "--allocations");

        Assert.True(code == 0, text);
        Assert.Contains("0 bytes over 1,000,000 samples", text, StringComparison.Ordinal);
    }
}
