using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>One parser of bytes from outside.</summary>
internal sealed record Target
{
    /// <summary>As given to <c>--target</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it parses, for people.</summary>
    public required string About { get; init; }

    /// <summary>Parses. True when the bytes were accepted; throws <see cref="BrokenPromiseException"/> when the result is not what was promised.</summary>
    public required Func<byte[], bool> Run { get; init; }

    /// <summary>Whether an exception is the parser's own way to refuse.</summary>
    public Func<Exception, bool> Refuses { get; init; } = _ => false;

    /// <summary>Real inputs.</summary>
    public required Func<IEnumerable<byte[]>> Seeds { get; init; }

    /// <summary>Ways to change them; one that stands here twice is chosen twice as often.</summary>
    public IReadOnlyList<Mutation.Mutation> Mutations { get; init; } = [ByteMutation.Havoc];

    /// <summary>Share of all inputs, relative to the other targets. (default: 1)</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Longest input made, bytes. (default: 8 KiB)</summary>
    public int LargestInput { get; init; } = 8 * 1024;

    /// <summary>Managed memory one input may take: so much for each of its bytes. (default: 200)</summary>
    public long BytesPerByte { get; init; } = 200;

    /// <summary>And so much besides. (default: 256 KiB)</summary>
    public long FixedBytes { get; init; } = 256 * 1024;

    /// <summary>Processor time after which an input hangs. (default: 10 s)</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);
}
