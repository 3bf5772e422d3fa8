using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>
/// A filter of system calls in the kernel's own language (classic BPF over <c>struct seccomp_data</c>): everything is allowed but
/// what is forbidden one by one.
/// </summary>
internal sealed class SeccompProgram
{
    /// <summary>EPERM.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOSYS: the C library then takes another way.</summary>
    public const int Unknown = 38;

    private const int InstructionBytes = 8;

    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7fff_0000;
    private const uint Fail = 0x0005_0000;
    private const uint KillProcess = 0x8000_0000;

    // struct seccomp_data: number, architecture, instruction pointer, six arguments of eight bytes, low half first.
    private const uint NumberAt = 0;
    private const uint ArchitectureAt = 4;
    private const uint ArgumentsAt = 16;

    private const uint X64 = 0xC000_003E;
    private const uint Arm64 = 0xC000_00B7;

    // Numbers of the 32-bit pointer ABI of x64, which would pass by the filter.
    private const uint X32 = 0x4000_0000;

    private readonly List<byte> _code = [];
    private readonly Architecture _architecture;

    private SeccompProgram(Architecture architecture)
    {
        _architecture = architecture;
        Add(LoadWord, ArchitectureAt);
        Add(JumpIfEqual, architecture == Architecture.X64 ? X64 : Arm64, whenTrue: 1);
        Add(Return, KillProcess);
        Add(LoadWord, NumberAt);
        if (architecture == Architecture.X64)
        {
            Add(JumpIfAtLeast, X32, whenFalse: 1);
            Add(Return, Fail | NotPermitted);
        }
    }

    /// <summary>Instructions so far.</summary>
    public int Length => _code.Count / InstructionBytes;

    /// <summary>What a candidate's process is held to.</summary>
    /// <param name="architecture">x64 or arm64.</param>
    /// <param name="self">Id of the process, the only one that it may send signals to.</param>
    public static SeccompProgram ForCandidate(Architecture architecture, int self)
    {
        // O_WRONLY, O_RDWR, O_CREAT and O_TRUNC: without the first two nothing can be written, whatever else is asked for.
        const uint Writing = 0x1 | 0x2 | 0x40 | 0x200;
        const uint CloneThread = 0x10000;
        SeccompProgram program = new(architecture);
        foreach (SystemCall call in SystemCalls.Forbidden)
        {
            program.Refuse(call, NotPermitted);
        }

        program.Refuse(SystemCalls.Clone3, Unknown);
        program.RefuseUnlessAnyBit(SystemCalls.Clone, argument: 0, CloneThread);
        program.RefuseIfAnyBit(SystemCalls.Open, argument: 1, Writing);
        program.RefuseIfAnyBit(SystemCalls.OpenAt, argument: 2, Writing);
        foreach (SystemCall call in SystemCalls.Signals)
        {
            program.RefuseUnlessEqual(call, argument: 0, (uint)self);
        }

        program.Add(Return, Allow);
        return program;
    }

    /// <summary>No other program from now on.</summary>
    public static SeccompProgram WithoutPrograms(Architecture architecture)
    {
        SeccompProgram program = new(architecture);
        foreach (SystemCall call in SystemCalls.Programs)
        {
            program.Refuse(call, NotPermitted);
        }

        program.Add(Return, Allow);
        return program;
    }

    /// <summary>The instructions as the kernel reads them.</summary>
    public byte[] ToBytes() => [.. _code];

    private void Refuse(SystemCall call, int error)
    {
        if (NumberOf(call) is uint number)
        {
            Add(JumpIfEqual, number, whenFalse: 1);
            Add(Return, Fail | (uint)error);
        }
    }

    private void RefuseIfAnyBit(SystemCall call, int argument, uint bits) =>
        RefuseBy(call, argument, JumpIfAnyBit, bits, refuseWhenTrue: true);

    private void RefuseUnlessAnyBit(SystemCall call, int argument, uint bits) =>
        RefuseBy(call, argument, JumpIfAnyBit, bits, refuseWhenTrue: false);

    private void RefuseUnlessEqual(SystemCall call, int argument, uint value) =>
        RefuseBy(call, argument, JumpIfEqual, value, refuseWhenTrue: false);

    private void RefuseBy(SystemCall call, int argument, ushort comparison, uint value, bool refuseWhenTrue)
    {
        if (NumberOf(call) is not uint number)
        {
            return;
        }

        // The argument takes the number's place in the accumulator, so this call is judged to its end here.
        Add(JumpIfEqual, number, whenFalse: 4);
        Add(LoadWord, ArgumentsAt + ((uint)argument * 8));
        Add(comparison, value, whenTrue: refuseWhenTrue ? (byte)0 : (byte)1, whenFalse: refuseWhenTrue ? (byte)1 : (byte)0);
        Add(Return, Fail | NotPermitted);
        Add(Return, Allow);
    }

    private uint? NumberOf(SystemCall call) =>
        (_architecture == Architecture.X64 ? call.X64 : call.Arm64) is int number and >= 0 ? (uint)number : null;

    private void Add(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0)
    {
        Span<byte> instruction = stackalloc byte[InstructionBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, code);
        instruction[2] = whenTrue;
        instruction[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
        _code.AddRange(instruction);
    }
}
