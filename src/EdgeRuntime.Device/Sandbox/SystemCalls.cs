namespace EdgeRuntime.Device.Sandbox;

/// <summary>One call of the kernel by its number on each processor; below 0 where the processor does not have it.</summary>
internal readonly record struct SystemCall(string Name, int X64, int Arm64);

/// <summary>The calls that a candidate has no business with. A model computes: it reads, allocates, waits and ends.</summary>
internal static class SystemCalls
{
    private const int None = -1;

    /// <summary>Opens by flags in its second word: refused for writing.</summary>
    public static SystemCall Open { get; } = new("open", 2, None);

    /// <summary>Opens by flags in its third word: refused for writing.</summary>
    public static SystemCall OpenAt { get; } = new("openat", 257, 56);

    /// <summary>Makes threads and processes: refused but for threads.</summary>
    public static SystemCall Clone { get; } = new("clone", 56, 220);

    /// <summary>Its flags stand in memory, where a filter cannot look: the C library goes on with <see cref="Clone"/>.</summary>
    public static SystemCall Clone3 { get; } = new("clone3", 435, 435);

    /// <summary>Sends signals to a process: refused but to itself.</summary>
    public static IReadOnlyList<SystemCall> Signals { get; } =
    [
        new("kill", 62, 129), new("tgkill", 234, 131), new("rt_sigqueueinfo", 129, 138), new("rt_tgsigqueueinfo", 297, 240),
    ];

    /// <summary>Other programs: refused once this one is the one that stays.</summary>
    public static IReadOnlyList<SystemCall> Programs { get; } = [new("execve", 59, 221), new("execveat", 322, 281)];

    /// <summary>Refused whatever the words are.</summary>
    public static IReadOnlyList<SystemCall> Forbidden { get; } =
    [
        // Sockets, and what would make them by another way.
        new("socket", 41, 198), new("socketpair", 53, 199), new("bind", 49, 200), new("listen", 50, 201),
        new("accept", 43, 202), new("accept4", 288, 242), new("connect", 42, 203),
        new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427),

        // Other processes.
        new("fork", 57, None), new("vfork", 58, None), new("tkill", 200, 130), new("ptrace", 101, 117),
        new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271), new("pidfd_send_signal", 424, 424),
        new("pidfd_getfd", 438, 438), new("process_madvise", 440, 440),
        new("shmget", 29, 194), new("msgget", 68, 186), new("semget", 64, 190), new("mq_open", 240, 180),

        // Files that would be made, changed or removed.
        new("openat2", 437, 437), new("creat", 85, None), new("truncate", 76, 45), new("mkdir", 83, None),
        new("mkdirat", 258, 34), new("rmdir", 84, None), new("unlink", 87, None), new("unlinkat", 263, 35),
        new("rename", 82, None), new("renameat", 264, 38), new("renameat2", 316, 276), new("link", 86, None),
        new("linkat", 265, 37), new("symlink", 88, None), new("symlinkat", 266, 36), new("mknod", 133, None),
        new("mknodat", 259, 33), new("chmod", 90, None), new("fchmod", 91, 52), new("fchmodat", 268, 53),
        new("fchmodat2", 452, 452), new("chown", 92, None), new("fchown", 93, 55), new("lchown", 94, None),
        new("fchownat", 260, 54), new("utime", 132, None), new("utimes", 235, None), new("futimesat", 261, None),
        new("utimensat", 280, 88), new("setxattr", 188, 5), new("lsetxattr", 189, 6), new("fsetxattr", 190, 7),
        new("removexattr", 197, 14), new("lremovexattr", 198, 15), new("fremovexattr", 199, 16),
        new("name_to_handle_at", 303, 264), new("open_by_handle_at", 304, 265),

        // The machine.
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51),
        new("open_tree", 428, 428), new("move_mount", 429, 429), new("fsopen", 430, 430), new("fsconfig", 431, 431),
        new("fsmount", 432, 432), new("fspick", 433, 433), new("mount_setattr", 442, 442),
        new("setns", 308, 268), new("unshare", 272, 97), new("bpf", 321, 280), new("perf_event_open", 298, 241),
        new("userfaultfd", 323, 282), new("add_key", 248, 217), new("request_key", 249, 218), new("keyctl", 250, 219),
        new("init_module", 175, 105), new("finit_module", 313, 273), new("delete_module", 176, 106),
        new("kexec_load", 246, 104), new("kexec_file_load", 320, 294), new("reboot", 169, 142), new("swapon", 167, 224),
        new("swapoff", 168, 225), new("settimeofday", 164, 170), new("clock_settime", 227, 112),
        new("clock_adjtime", 305, 266), new("adjtimex", 159, 171), new("sethostname", 170, 161),
        new("setdomainname", 171, 162), new("quotactl", 179, 60), new("acct", 163, 89), new("personality", 135, 92),
        new("ioperm", 173, None), new("iopl", 172, None),
    ];
}
