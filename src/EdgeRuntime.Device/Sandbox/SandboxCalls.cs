using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Sandbox;

/// <summary>What of the C library and the kernel confines a process, starts one, and looks after it. 64-bit Linux only.</summary>
/// <remarks>Methods that return an <see cref="int"/> named error return 0 or an errno.</remarks>
internal static partial class SandboxCalls
{
    /// <summary>EINVAL.</summary>
    public const int Invalid = 22;

    private const int SetNoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const int SetParentDeathSignal = 1;
    private const int SeccompFilter = 2;

    /// <summary>The process that started this one.</summary>
    public static int Parent => GetPPid();

    /// <summary>The process ends with the thread that started it.</summary>
    public static int EndWithParent() => Error(PrCtl(SetParentDeathSignal, Signal.Kill, 0, 0, 0));

    /// <summary>
    /// From now on a crash ends the process at once. The handlers of .NET would look for a managed cause first, on a stack that
    /// may have run out, and have been seen to wait for ever there.
    /// </summary>
    public static void DieOfCrashes()
    {
        const nint Default = 0; // SIG_DFL
        foreach (int signal in Signal.OfCrashes)
        {
            _ = SetHandler(signal, Default);
        }
    }

    /// <summary>Programs that this one becomes get no rights that it has not; what the kernel demands before a filter.</summary>
    public static int RenouncePrivileges() => Error(PrCtl(SetNoNewPrivileges, 1, 0, 0, 0));

    /// <summary>Sets both limits of a resource.</summary>
    public static int SetLimit(int resource, ulong soft, ulong hard)
    {
        ResourceLimit limit = new() { Soft = soft, Hard = hard };
        return Error(SetRLimit(resource, in limit));
    }

    /// <summary>Holds the calling thread, and what it becomes, to a filter.</summary>
    public static int Filter(SeccompProgram program) => Filter(program, header => PrCtl(SetSeccomp, SeccompFilter, header, 0, 0));

    /// <summary>Holds every thread of the process to a filter.</summary>
    public static int FilterAllThreads(SeccompProgram program)
    {
        const nuint SetModeFilter = 1;
        const nuint AllThreads = 1;
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 317 : 277;
        return Filter(program, header => (int)SysCall(number, SetModeFilter, AllThreads, header, 0, 0));
    }

    /// <summary>The version of Landlock that the kernel has; below 1 for none.</summary>
    public static int LandlockVersion()
    {
        const nuint AskVersion = 1;
        return (int)SysCall(LandlockCreate, 0, 0, AskVersion, 0, 0);
    }

    /// <summary>Makes a set of rules; below 0 where the kernel refuses.</summary>
    /// <param name="handled">What is forbidden wherever no rule allows it: of files, of the network, between processes.</param>
    public static unsafe int LandlockRules(ReadOnlySpan<ulong> handled)
    {
        fixed (ulong* words = handled)
        {
            return (int)SysCall(LandlockCreate, (nuint)words, (nuint)(handled.Length * sizeof(ulong)), 0, 0, 0);
        }
    }

    /// <summary>Allows something beneath a directory, or of one file.</summary>
    public static unsafe int LandlockAllow(int rules, string path, ulong access)
    {
        const int PathOnly = 0x200000; // O_PATH
        const int CloseOnExec = 0x80000;
        const nuint PathBeneath = 1;
        int place = Open(path, PathOnly | CloseOnExec, 0);
        if (place < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        // struct landlock_path_beneath_attr is packed: eight bytes and four.
        byte* rule = stackalloc byte[12];
        *(ulong*)rule = access;
        *(int*)(rule + 8) = place;
        int error = Error((int)SysCall(LandlockAdd, (nuint)rules, PathBeneath, (nuint)rule, 0, 0));
        _ = Close(place);
        return error;
    }

    /// <summary>Holds the calling thread, and what it becomes, to the rules.</summary>
    public static int LandlockEnter(int rules)
    {
        int error = Error((int)SysCall(LandlockRestrict, (nuint)rules, 0, 0, 0, 0));
        _ = Close(rules);
        return error;
    }

    /// <summary>A file in memory with some content that nobody can change; below 0 when there can be none.</summary>
    public static unsafe int SealedMemory(string name, ReadOnlySpan<byte> content)
    {
        const uint CloseOnExec = 1, AllowSealing = 2;
        const int AddSeals = 1033;
        const int AllSeals = 0xF; // no sealing, shrinking, growing, writing
        int file = MemFdCreate(name, CloseOnExec | AllowSealing);
        while (file >= 0 && content.Length > 0)
        {
            fixed (byte* from = content)
            {
                nint written = Write(file, from, (nuint)content.Length);
                if (written <= 0)
                {
                    _ = Close(file);
                    return -1;
                }

                content = content[(int)written..];
            }
        }

        _ = file >= 0 ? Fcntl(file, AddSeals, AllSeals) : 0;
        return file;
    }

    /// <summary>The two ends of a pipe that programs started later do not get.</summary>
    public static unsafe int Pipe(out int reading, out int writing)
    {
        const int CloseOnExec = 0x80000;
        int* ends = stackalloc int[2];
        int error = Error(Pipe2(ends, CloseOnExec));
        (reading, writing) = (ends[0], ends[1]);
        return error;
    }

    /// <summary>A copy of a descriptor whose number is at least so high; the one before is given back.</summary>
    public static int MoveAbove(int descriptor, int lowest)
    {
        const int CopyCloseOnExec = 1030;
        int copy = Fcntl(descriptor, CopyCloseOnExec, lowest);
        _ = Close(descriptor);
        return copy;
    }

    /// <summary>Makes a number another name for a descriptor, which a program that this one becomes gets too.</summary>
    public static void CopyTo(int descriptor, int number) => _ = Dup2(descriptor, number);

    /// <summary>A program started by this one does not get the descriptor.</summary>
    public static int CloseOnExecution(int descriptor)
    {
        const int SetFlags = 2, CloseOnExec = 1;
        return Error(Fcntl(descriptor, SetFlags, CloseOnExec));
    }

    /// <summary>Reads what is there; 0 at the end, below 0 for a fault.</summary>
    public static unsafe int ReadSome(int descriptor, Span<byte> into)
    {
        fixed (byte* start = into)
        {
            return (int)Read(descriptor, start, (nuint)into.Length);
        }
    }

    /// <summary>Writes all of it, or as much as goes.</summary>
    public static unsafe void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            fixed (byte* from = bytes)
            {
                nint written = Write(descriptor, from, (nuint)bytes.Length);
                if (written <= 0)
                {
                    return;
                }

                bytes = bytes[(int)written..];
            }
        }
    }

    /// <summary>Maps writable memory and gives it back: whether so much would be granted.</summary>
    public static bool CanMap(nuint bytes)
    {
        const int ReadAndWrite = 3, PrivateAnonymous = 0x22;
        nint at = MMap(0, bytes, ReadAndWrite, PrivateAnonymous, -1, 0);
        return at != -1 && MUnmap(at, bytes) == 0;
    }

    /// <summary>Whether a socket of the internet can be made.</summary>
    public static bool CanMakeSocket()
    {
        const int Internet = 2, Stream = 1;
        int made = Socket(Internet, Stream, 0);
        _ = made >= 0 ? Close(made) : 0;
        return made >= 0;
    }

    private static unsafe int Filter(SeccompProgram program, Func<nuint, int> enter)
    {
        byte[] code = program.ToBytes();
        fixed (byte* start = code)
        {
            FilterHeader header = new() { Length = (ushort)program.Length, Code = (nint)start };
            return Error(enter((nuint)(&header)));
        }
    }

    private static int Error(int result) => result >= 0 ? 0 : Marshal.GetLastPInvokeError();

    private const nint LandlockCreate = 444;
    private const nint LandlockAdd = 445;
    private const nint LandlockRestrict = 446;

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetPPid();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nuint first, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetRLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemFdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(int descriptor, int number);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, byte* into, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int descriptor, byte* from, nuint bytes);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MMap(nint at, nuint bytes, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MUnmap(nint at, nuint bytes);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterHeader
    {
        public ushort Length;
        public nint Code;
    }
}
