using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Tests.Sandbox;

public sealed class ChildVerdictTests
{
    private static readonly ProofLimits Limits = new(MemoryBytes: 300L << 20, CpuSeconds: 20, WallSeconds: 100, P99Ms: 5);
    private static readonly ProofLine Loading = new() { Step = "loading model.onnx" };

    [Theory]
    [InlineData(11, PackageFault.Crashed, "while loading model.onnx, it crashed in native code, on memory that is not its own (SIGSEGV)")]
    [InlineData(6, PackageFault.Crashed, "while loading model.onnx, it crashed in native code, which gave itself up (SIGABRT)")]
    [InlineData(31, PackageFault.Crashed, "while loading model.onnx, it asked the kernel for something that is forbidden to it (SIGSYS)")]
    [InlineData(25, PackageFault.Crashed, "while loading model.onnx, it tried to write a file (SIGXFSZ)")]
    [InlineData(24, PackageFault.LimitExceeded, "while loading model.onnx, it used more than 20 s of processor time, its limit")]
    public void A_child_that_died_is_a_refusal_that_says_of_what(int signal, PackageFault fault, string sentence)
    {
        ProofReport report = SandboxedProver.Judge(new ChildEnd(null, signal, 1, WasOverdue: false), Loading, Limits);

        Assert.Equal((fault, sentence), (report.Fault, report.Refusal));
    }

    [Fact]
    public void A_child_that_waited_for_a_busy_machine_is_not_held_against_the_package_and_one_that_computed_all_the_time_is()
    {
        Assert.Throws<ProverException>(
            () => SandboxedProver.Judge(new ChildEnd(null, 9, CpuSeconds: 1, WasOverdue: true), Loading, Limits));

        ProofReport report = SandboxedProver.Judge(new ChildEnd(null, 9, CpuSeconds: 15, WasOverdue: true), Loading, Limits);
        Assert.Equal(PackageFault.LimitExceeded, report.Fault);
    }

    [Fact]
    public void A_child_that_ends_well_and_says_nothing_is_not_believed()
    {
        Assert.Throws<ProverException>(() => SandboxedProver.Judge(new ChildEnd(0, null, 1, WasOverdue: false), Loading, Limits));
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("{\"step\":\"one\"}\n{\"step\":\"two\"}\nrubbish\n[1]\nnull\n{\"report\":{\"runs\":3}}\n", "two", true)]
    [InlineData("{\"report\":null}\n{\"step\":5}\n{\"step\":\"one", null, false)]
    public void What_a_child_says_is_read_line_by_line_whatever_it_is(string said, string? step, bool reports)
    {
        ProofLine line = ProofLine.Parse(Encoding.UTF8.GetBytes(said));

        Assert.Equal((step, reports), (line.Step, line.Report is not null));
    }

    [Fact]
    public void A_child_cannot_put_control_characters_or_long_texts_into_the_log()
    {
        ProofReport told = new() { Refusal = "\u001b[2J" + new string('x', 10_000), Fault = PackageFault.ModelRefused };

        string refusal = SandboxedProver.Judge(
            new ChildEnd(0, null, 1, WasOverdue: false), new ProofLine { Report = told }, Limits).Refusal!;

        Assert.DoesNotContain('\u001b', refusal);
        Assert.InRange(refusal.Length, 1, 400);
    }

    [Fact]
    public void A_child_that_was_taken_over_puts_nothing_into_the_log_as_a_gap_either()
    {
        string[] told = ["no network rules here", "\u001b[2J" + new string('x', 10_000), null!, .. Enumerable.Repeat("more", 1000)];

        ProofReport report = SandboxedProver.Judge(
            new ChildEnd(0, null, 1, WasOverdue: false), new ProofLine { Report = new ProofReport { Runs = 3, Gaps = told } }, Limits);

        Assert.Null(report.Refusal);
        Assert.Equal("no network rules here", report.Gaps[0]);
        Assert.InRange(report.Gaps.Count, 4, 100);
        Assert.All(report.Gaps, gap => Assert.True(gap.Length <= 400 && !gap.Any(char.IsControl), gap));
    }

    [Fact]
    public void A_child_that_leaves_the_gaps_out_has_none()
    {
        ProofLine said = ProofLine.Parse("{\"report\":{\"runs\":3}}"u8);

        Assert.Empty(SandboxedProver.Judge(new ChildEnd(0, null, 1, WasOverdue: false), said, Limits).Gaps);
    }

    [Theory]
    [InlineData("{\"runs\":-1}")]
    [InlineData("{\"runs\":3,\"median_ms\":\"NaN\"}")]
    [InlineData("{\"runs\":3,\"p99_ms\":\"Infinity\"}")]
    [InlineData("{\"runs\":3,\"median_ms\":1e308,\"p99_ms\":1e308}")]
    [InlineData("{\"runs\":3,\"peak_bytes\":-1}")]
    [InlineData("{\"refusal\":\"x\",\"fault\":999}")]
    public void A_report_that_no_proof_makes_is_a_model_that_took_the_process_over(string report)
    {
        ProofLine said = ProofLine.Parse(Encoding.UTF8.GetBytes($"{{\"report\":{report}}}"));

        ProofReport judged = SandboxedProver.Judge(new ChildEnd(0, null, 1, WasOverdue: false), said, Limits);

        Assert.Equal(PackageFault.Crashed, judged.Fault);
        Assert.Contains("taken it over", judged.Refusal, StringComparison.Ordinal);
    }
}
