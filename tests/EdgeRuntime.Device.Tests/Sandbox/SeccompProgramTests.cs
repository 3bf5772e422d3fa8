using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using EdgeRuntime.Device.Sandbox;

namespace EdgeRuntime.Device.Tests.Sandbox;

public sealed partial class SeccompProgramTests
{
    private const int Self = 4711;
    private const uint Allowed = 0x7fff_0000;
    private const uint NotPermitted = 0x0005_0001;
    private const uint Unknown = 0x0005_0026;
    private const uint Killed = 0x8000_0000;
    private const uint X64 = 0xC000_003E;
    private const uint Arm64 = 0xC000_00B7;

    // Numbers from the kernel's own tables: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h.
    [Theory]
    [InlineData(Architecture.X64, 0, Allowed)] // read
    [InlineData(Architecture.X64, 41, NotPermitted)] // socket
    [InlineData(Architecture.X64, 425, NotPermitted)] // io_uring_setup
    [InlineData(Architecture.X64, 435, Unknown)] // clone3
    [InlineData(Architecture.X64, 0x4000_0029, NotPermitted)] // socket by the numbers of x32
    [InlineData(Architecture.Arm64, 63, Allowed)] // read
    [InlineData(Architecture.Arm64, 198, NotPermitted)] // socket
    [InlineData(Architecture.Arm64, 41, NotPermitted)] // pivot_root
    public void A_call_is_judged_by_its_number(Architecture architecture, int number, uint verdict)
    {
        Assert.Equal(verdict, Judge(architecture, number));
    }

    [Theory]
    [InlineData(Architecture.X64, 257, 2, 0x80000, Allowed)] // openat, O_RDONLY | O_CLOEXEC
    [InlineData(Architecture.X64, 257, 2, 0x80001, NotPermitted)] // O_WRONLY
    [InlineData(Architecture.X64, 257, 2, 0x2, NotPermitted)] // O_RDWR
    [InlineData(Architecture.X64, 2, 1, 0x241, NotPermitted)] // open, O_WRONLY | O_CREAT | O_TRUNC
    [InlineData(Architecture.X64, 56, 0, 0x3d0f00, Allowed)] // clone of a thread, as glibc asks for it
    [InlineData(Architecture.X64, 56, 0, 0x1200011, NotPermitted)] // clone of a process, as fork asks for it
    [InlineData(Architecture.X64, 234, 0, Self, Allowed)] // tgkill of this process
    [InlineData(Architecture.X64, 62, 0, 1, NotPermitted)] // kill of another
    [InlineData(Architecture.Arm64, 56, 2, 0x42, NotPermitted)] // openat
    [InlineData(Architecture.Arm64, 220, 0, 0x3d0f00, Allowed)]
    [InlineData(Architecture.Arm64, 131, 0, 1, NotPermitted)]
    public void A_call_whose_words_decide_is_judged_by_them(
        Architecture architecture, int number, int argument, uint value, uint verdict)
    {
        Assert.Equal(verdict, Judge(architecture, number, argument, value));
    }

    [Fact]
    public void Calls_of_another_processor_end_the_process()
    {
        Assert.Equal(Killed, Run(SeccompProgram.ForCandidate(Architecture.X64, Self), 0x4000_0003, 2, 0, 0));
    }

    [Theory]
    [InlineData("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", true)]
    [InlineData("/usr/include/asm-generic/unistd.h", false)]
    public void The_numbers_are_those_of_the_kernels_headers(string path, bool isX64)
    {
        if (!File.Exists(path))
        {
            return;
        }

        Dictionary<string, int> numbers = Definition().Matches(File.ReadAllText(path)).ToDictionary(
            match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        IEnumerable<SystemCall> all =
        [
            SystemCalls.Open, SystemCalls.OpenAt, SystemCalls.Clone, SystemCalls.Clone3, .. SystemCalls.Signals,
            .. SystemCalls.Programs, .. SystemCalls.Forbidden,
        ];

        // Headers may be older than a call.
        Assert.All(all.Where(call => numbers.ContainsKey(call.Name)), call => Assert.Equal(numbers[call.Name], isX64 ? call.X64 : call.Arm64));
    }

    private static uint Judge(Architecture architecture, int number, int argument = 0, uint value = 0) => Run(
        SeccompProgram.ForCandidate(architecture, Self), architecture == Architecture.X64 ? X64 : Arm64, number, argument, value);

    // Interprets the four instructions that are used, as Documentation/networking/filter.rst defines them.
    private static uint Run(SeccompProgram program, uint architecture, int number, int argument, uint value)
    {
        byte[] data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16 + (8 * argument)), value);
        byte[] code = program.ToBytes();
        uint accumulator = 0;
        for (int at = 0; at < program.Length; at++)
        {
            ReadOnlySpan<byte> instruction = code.AsSpan(at * 8, 8);
            uint operand = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)operand));
                    break;
                case 0x15:
                    at += accumulator == operand ? instruction[2] : instruction[3];
                    break;
                case 0x35:
                    at += accumulator >= operand ? instruction[2] : instruction[3];
                    break;
                case 0x45:
                    at += (accumulator & operand) != 0 ? instruction[2] : instruction[3];
                    break;
                case 0x06:
                    return operand;
                default:
                    throw new InvalidOperationException($"instruction {at} is not known");
            }
        }

        throw new InvalidOperationException("the program has no end");
    }

    [GeneratedRegex(@"^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Definition();
}
