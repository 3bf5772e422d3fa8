using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Tests.Runtimes;

public sealed class RuntimeProverTests
{
    [Theory]
    [InlineData(
        70, "  ok      vitals\n  FAILED  mqtt library: libmosquitto.so.1 is not there\nself-test failed\n",
        "its self-test ends with 70 on this machine: mqtt library: libmosquitto.so.1 is not there")]
    [InlineData(
        1, "/state/runtime/x/edge-device: /lib/libc.so.6: version `GLIBC_2.99' not found (required by it)\n",
        "its self-test ends with 1 on this machine: /state/runtime/x/edge-device: /lib/libc.so.6: version `GLIBC_2.99' not found (required by it)")]
    [InlineData(3, "", "its self-test ends with 3 on this machine: it says nothing")]
    public void A_program_that_does_not_pass_is_refused_with_its_own_words(int code, string said, string sentence)
    {
        ProofReport? report = RuntimeProver.Judge("self-test", new ChildEnd(code, null, 1, WasOverdue: false), said);

        Assert.Equal((PackageFault.ProgramRefused, sentence), (report!.Fault, report.Refusal));
    }

    [Fact]
    public void A_program_that_crashes_or_never_ends_is_refused_and_one_that_passes_is_not()
    {
        Assert.Equal(PackageFault.Crashed, RuntimeProver.Judge("self-test", new ChildEnd(null, 11, 1, WasOverdue: false), "")!.Fault);
        Assert.Equal(PackageFault.LimitExceeded, RuntimeProver.Judge("self-test", new ChildEnd(null, 9, 1, WasOverdue: true), "")!.Fault);
        Assert.Null(RuntimeProver.Judge("self-test", new ChildEnd(0, null, 1, WasOverdue: false), "  FAILED but passed"));
    }
}
