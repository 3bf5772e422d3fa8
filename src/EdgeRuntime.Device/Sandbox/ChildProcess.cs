using System.Runtime.InteropServices;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>How a child process ended.</summary>
/// <param name="Code">Its exit code; null when a signal ended it.</param>
/// <param name="EndedBy">That signal; null when it ended by itself.</param>
/// <param name="CpuSeconds">Processor time it used.</param>
/// <param name="WasOverdue">Whether it was killed because its time on the wall was over.</param>
internal sealed record ChildEnd(int? Code, int? EndedBy, double CpuSeconds, bool WasOverdue);

/// <summary>
/// Starts a program with two descriptors of ours and listens to it until its end. .NET's own Process hands over no descriptors.
/// </summary>
internal static partial class ChildProcess
{
    /// <summary>Where the child finds what it is to read.</summary>
    public const int InputDescriptor = 3;

    /// <summary>Where it writes what it has to say.</summary>
    public const int OutputDescriptor = 4;

    // Above those that the child is given, so that neither is overwritten while both are put in place.
    private const int LowestOwn = 16;
    private const int LargestAnswer = 64 * 1024;

    // posix_spawn_file_actions_t has 80 bytes in glibc; what it will have is anybody's guess.
    private const int FileActionsBytes = 256;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Path of the file.</param>
    /// <param name="words">Its name and arguments.</param>
    /// <param name="environment">All of its environment, as <c>NAME=value</c>.</param>
    /// <param name="input">Content of its descriptor <see cref="InputDescriptor"/>, which it cannot change.</param>
    /// <param name="wallSeconds">After which it is killed.</param>
    /// <param name="answer">What it wrote to <see cref="OutputDescriptor"/>, at most 64 KiB.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public static ChildEnd Run(
        string program, IReadOnlyList<string> words, IReadOnlyList<string> environment, ReadOnlySpan<byte> input, int wallSeconds,
        TimeProvider time, out byte[] answer)
    {
        int memory = SandboxCalls.SealedMemory("package", input);
        if (memory < 0)
        {
            throw new IOException($"there is no memory for a copy of {input.Length} bytes");
        }

        if (SandboxCalls.Pipe(out int reading, out int writing) is int noPipe and not 0)
        {
            Kernel.CloseDescriptor(memory);
            throw new IOException($"the kernel gives no pipe (error {noPipe})");
        }

        memory = SandboxCalls.MoveAbove(memory, LowestOwn);
        writing = SandboxCalls.MoveAbove(writing, LowestOwn);
        int error = Spawn(program, words, environment, memory, writing, out int child);
        Kernel.CloseDescriptor(memory);
        Kernel.CloseDescriptor(writing);
        try
        {
            if (error != 0)
            {
                throw new IOException($"{program} cannot be started (error {error})");
            }

            bool overdue = !ReadToEnd(reading, wallSeconds, time, out answer);
            if (overdue)
            {
                _ = SendSignal(child, Signal.Kill);
            }

            return Await(child, overdue);
        }
        finally
        {
            Kernel.CloseDescriptor(reading);
        }
    }

    /// <summary>Becomes another program; comes back only with the error for which it did not.</summary>
    public static int Become(string program, IReadOnlyList<string> words, IReadOnlyList<string> environment)
    {
        using TextArray arguments = new(words);
        using TextArray variables = new(environment);
        _ = ExecVe(program, arguments.Pointer, variables.Pointer);
        return Marshal.GetLastPInvokeError();
    }

    private static int Spawn(
        string program, IReadOnlyList<string> words, IReadOnlyList<string> environment, int input, int output, out int child)
    {
        const int ReadOnly = 0;
        const int WriteOnly = 1;
        nint actions = Marshal.AllocHGlobal(FileActionsBytes);
        using TextArray arguments = new(words);
        using TextArray variables = new(environment);
        try
        {
            _ = ActionsInit(actions);
            _ = AddOpen(actions, 0, "/dev/null", ReadOnly, 0);
            _ = AddOpen(actions, 1, "/dev/null", WriteOnly, 0);
            _ = AddOpen(actions, 2, "/dev/null", WriteOnly, 0);
            _ = AddDup2(actions, input, InputDescriptor);
            _ = AddDup2(actions, output, OutputDescriptor);
            int error = PosixSpawn(out child, program, actions, 0, arguments.Pointer, variables.Pointer);
            _ = ActionsDestroy(actions);
            return error;
        }
        finally
        {
            Marshal.FreeHGlobal(actions);
        }
    }

    /// <returns>False when the time was over first.</returns>
    private static bool ReadToEnd(int descriptor, int wallSeconds, TimeProvider time, out byte[] answer)
    {
        byte[] buffer = new byte[LargestAnswer];
        byte[] dropped = new byte[256];
        int length = 0;
        long begin = time.GetTimestamp();
        while (true)
        {
            double left = wallSeconds - time.GetElapsedTime(begin).TotalSeconds;
            if (left <= 0)
            {
                answer = buffer[..length];
                return false;
            }

            if (!Kernel.AwaitWakeUp(descriptor, (int)Math.Min(left * 1000, 1000) + 1))
            {
                continue;
            }

            // What is too long is read and dropped, so that the child comes to its end.
            Span<byte> free = length < LargestAnswer ? buffer.AsSpan(length) : dropped;
            int read = SandboxCalls.ReadSome(descriptor, free);
            if (read <= 0)
            {
                answer = buffer[..length];
                return true;
            }

            length = Math.Min(LargestAnswer, length + read);
        }
    }

    private static unsafe ChildEnd Await(int child, bool overdue)
    {
        // struct rusage: user and system time as seconds and microseconds, then 14 more words.
        nint* usage = stackalloc nint[18];
        int status;
        while (Wait4(child, out status, 0, usage) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        double cpu = usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
        int signal = status & 0x7f;
        return signal == 0
            ? new ChildEnd((status >> 8) & 0xff, null, cpu, overdue)
            : new ChildEnd(null, signal, cpu, overdue);
    }

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int child, string program, nint actions, nint attributes, nint words, nint environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(nint actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(nint actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecVe(string program, nint words, nint environment);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static unsafe partial int Wait4(int child, out int status, int options, nint* usage);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    // An array of C strings with a null at its end.
    private sealed class TextArray : IDisposable
    {
        private readonly nint[] _texts;

        public TextArray(IReadOnlyList<string> texts)
        {
            _texts = [.. texts.Select(Marshal.StringToCoTaskMemUTF8)];
            Pointer = Marshal.AllocHGlobal((_texts.Length + 1) * nint.Size);
            Marshal.Copy(_texts, 0, Pointer, _texts.Length);
            Marshal.WriteIntPtr(Pointer, _texts.Length * nint.Size, 0);
        }

        public nint Pointer { get; }

        public void Dispose()
        {
            Marshal.FreeHGlobal(Pointer);
            Array.ForEach(_texts, Marshal.FreeCoTaskMem);
        }
    }
}
