using System.Runtime.InteropServices;
using EdgeRuntime.Fuzz.Coverage;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>
/// Parsers with one fault each, of every kind that is looked for: that the fuzzer finds them shows that it would find such a
/// fault in the others. The first lies behind six bytes that no luck would guess: only guidance by coverage gets there.
/// </summary>
internal static class PlantedFaults
{
    private const int Step = 64 * 1024 * 1024;
    private static readonly byte[] Way = "edge\u007F!"u8.ToArray();

    /// <summary>The targets, each with the kind of finding that it must end in.</summary>
    public static IReadOnlyList<(Target Target, string Kind)> All { get; } =
    [
        (Plant("planted-maze", "throws behind six bytes, told apart one by one", Maze), "exception"),
        (Plant("planted-promise", "breaks its word", bytes => Asked(bytes) && Broken()), "promise"),
        (Plant("planted-length", "believes a length in the file", bytes => Asked(bytes) && new byte[Step].Length > 0), "memory"),
        (Plant("planted-hoard", "takes memory that is not managed, without end", bytes => Asked(bytes) && Hoard()) with { TimeLimit = TimeSpan.FromMinutes(2) }, "memory"),
        (Plant("planted-hang", "never comes back", bytes => Asked(bytes) && Hang()), "hang"),
        (Plant("planted-crash", "ends the process", bytes => Asked(bytes) && Dive(bytes.Length) > 0), "crash"),
    ];

    private static Target Plant(string name, string about, Func<byte[], bool> run) => new()
    {
        Name = name,
        About = about,
        Run = run,
        Seeds = () => ["harmless"u8.ToArray()],
        TimeLimit = TimeSpan.FromSeconds(2),
        LargestInput = 256,
    };

    private static bool Asked(byte[] bytes) => bytes.Contains((byte)0xFF);

    // What the instrumented code of a real parser does by itself, done by hand: this program is not instrumented.
    private static bool Maze(byte[] bytes)
    {
        for (int i = 0; i < bytes.Length && i < Way.Length; i++)
        {
            if (bytes[i] != Way[i])
            {
                return false;
            }

            EdgeMap.Visit(1000 + (i * 97));
            if (i == Way.Length - 1)
            {
                throw new InvalidOperationException("the end of the maze");
            }
        }

        return false;
    }

    private static bool Broken() => throw new BrokenPromiseException("planted");

    private static unsafe bool Hoard()
    {
        while (true)
        {
            // Touched, or the kernel would not count it.
            new Span<byte>(NativeMemory.Alloc(Step), Step).Fill(1);
        }
    }

    private static bool Hang()
    {
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }

    private static int Dive(int depth) => depth < 0 ? 0 : 1 + Dive(depth + 1);
}
