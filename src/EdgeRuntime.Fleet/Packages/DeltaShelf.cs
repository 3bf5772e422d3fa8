using System.Threading.Channels;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>
/// Deltas between archives, made on a thread of its own and kept on the disk: the smallest of the whole, compressed, and of a
/// patch from the archive that devices have.
/// </summary>
/// <remarks>
/// Bounded: <see cref="MostDeltas"/> of archives of at most <see cref="LargestArchive"/>, and <see cref="MostWaiting"/> that wait to
/// be made; beyond, devices fetch the archive. One that an order may name is never removed. Thread-safe.
/// </remarks>
internal sealed partial class DeltaShelf
{
    /// <summary>Deltas kept.</summary>
    public const int MostDeltas = 64;

    /// <summary>Bytes of the largest archive that deltas are made from and to: its matcher takes about ten times as much memory.</summary>
    public const long LargestArchive = 32 * 1024 * 1024;

    /// <summary>Deltas that wait to be made.</summary>
    public const int MostWaiting = 64;

    /// <summary>How the file of a delta ends.</summary>
    public const string Ending = ".delta";

    private const int HashLength = 64;

    private readonly string _directory;
    private readonly Func<string, string> _archiveAt;
    private readonly CipherShelf? _ciphers;
    private readonly Action _made;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Channel<(string Base, string Target)> _wanted = Channel.CreateBounded<(string, string)>(MostWaiting);
    private readonly HashSet<(string Base, string Target)> _making = [];

    // Null where the archive itself is as small.
    private readonly Dictionary<(string Base, string Target), DeltaReference?> _deltas = [];
    private readonly Dictionary<string, string> _paths = [];

    /// <summary>Opens the shelf, and reads what is there.</summary>
    /// <param name="directory">Created when missing.</param>
    /// <param name="archiveAt">Where an archive lies, by its hash.</param>
    /// <param name="ciphers">Encrypts them, or null where they travel as they are.</param>
    /// <param name="made">Called when a delta is made, or cannot be.</param>
    public DeltaShelf(string directory, Func<string, string> archiveAt, CipherShelf? ciphers, Action made, ILogger logger)
    {
        _directory = directory;
        _archiveAt = archiveAt;
        _ciphers = ciphers;
        _made = made;
        _logger = logger;
        Directory.CreateDirectory(directory);
        foreach (string path in Directory.GetFiles(directory))
        {
            Read(path);
        }
    }

    /// <summary>The delta between two archives, or null where there is none.</summary>
    public DeltaReference? Find(string baseSha256, string targetSha256)
    {
        lock (_lock)
        {
            return _deltas.GetValueOrDefault((baseSha256, targetSha256));
        }
    }

    /// <summary>Where the bytes of a delta lie, by their hash; null for no delta.</summary>
    public string? PathOf(string sha256)
    {
        lock (_lock)
        {
            return _paths.GetValueOrDefault(sha256);
        }
    }

    /// <summary>Wants a delta to be made, if it is not there.</summary>
    /// <param name="ordered">Hashes of the archives that orders name: deltas to others may make room.</param>
    /// <returns>True while it is being made.</returns>
    public bool Want(string baseSha256, string targetSha256, IReadOnlySet<string> ordered)
    {
        lock (_lock)
        {
            (string, string) pair = (baseSha256, targetSha256);
            if (_making.Contains(pair))
            {
                return true;
            }

            if (_deltas.ContainsKey(pair) || !MakeRoom(ordered) || !_wanted.Writer.TryWrite(pair))
            {
                return false;
            }

            _making.Add(pair);
            return true;
        }
    }

    /// <summary>Makes what is wanted until <paramref name="stop"/> is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _wanted.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
            {
                TryMake();
            }
        }
        catch (OperationCanceledException)
        {
            // What was not made yet is wanted again with the next order.
        }
    }

    /// <summary>Makes one of those that are wanted.</summary>
    /// <returns>False when none is.</returns>
    public bool TryMake()
    {
        if (!_wanted.Reader.TryRead(out (string Base, string Target) pair))
        {
            return false;
        }

        Make(pair.Base, pair.Target);
        _made();
        return true;
    }

    private void Make(string from, string to)
    {
        DeltaReference? delta = null;
        string? path = null;
        try
        {
            byte[] target = File.ReadAllBytes(_archiveAt(to));
            DeltaCandidate smallest = DeltaCandidates.Of(File.ReadAllBytes(_archiveAt(from)), target, tensors: null)[0];
            if (smallest.Bytes.Length < target.Length)
            {
                delta = Sealed(DeltaCandidates.Reference(smallest, from), to, smallest.Bytes);
                path = PathOf(smallest.Kind, from, to);
                string part = path + ".tmp";
                File.WriteAllBytes(part, smallest.Bytes);
                File.Move(part, path, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotMade(_logger, to, e.Message);
            delta = null;
        }

        lock (_lock)
        {
            _making.Remove((from, to));
            Keep((from, to), delta, path);
        }
    }

    private void Keep((string Base, string Target) pair, DeltaReference? delta, string? path)
    {
        _deltas[pair] = delta;
        if (delta is not null)
        {
            _paths[delta.Sha256] = path!;
        }
    }

    // Its name says between what it lies, and its hash what the orders say of it.
    private void Read(string path)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('-');
        bool isOurs = path.EndsWith(Ending, StringComparison.Ordinal) && parts.Length == 3 && parts[0].Length == HashLength && parts[1].Length == HashLength;
        if (!isOurs || !Enum.TryParse(parts[2], ignoreCase: true, out DeltaKind kind))
        {
            File.Delete(path);
            return;
        }

        byte[] bytes = File.ReadAllBytes(path);
        Keep((parts[0], parts[1]), Sealed(DeltaCandidates.Reference(new DeltaCandidate(kind, bytes), parts[0]), parts[1], bytes), path);
    }

    private DeltaReference Sealed(DeltaReference delta, string target, ReadOnlySpan<byte> bytes) =>
        delta with { CiphertextSha256 = _ciphers?.Seal(target, delta.Sha256, bytes, delta.ChunkBytes) };

    private bool MakeRoom(IReadOnlySet<string> ordered)
    {
        if (_deltas.Count + _making.Count < MostDeltas)
        {
            return true;
        }

        foreach ((string Base, string Target) pair in _deltas.Keys.Where(pair => !ordered.Contains(pair.Target)).ToArray())
        {
            if (_deltas.Remove(pair, out DeltaReference? delta) && delta is not null)
            {
                File.Delete(PathOf(delta.Kind, pair.Base, pair.Target));

                // Compressed wholes are the same from whatever base: another pair's file may hold these bytes too.
                _paths.Remove(delta.Sha256);
                foreach (((string from, string to), DeltaReference? twin) in _deltas.Where(other => other.Value?.Sha256 == delta.Sha256))
                {
                    _paths[delta.Sha256] = PathOf(twin!.Kind, from, to);
                }

                if (!_paths.ContainsKey(delta.Sha256))
                {
                    _ciphers?.Remove(delta.Sha256);
                }
            }
        }

        return _deltas.Count + _making.Count < MostDeltas;
    }

    private string PathOf(DeltaKind kind, string from, string to) =>
        Path.Combine(_directory, $"{from}-{to}-{kind.ToString().ToLowerInvariant()}{Ending}");

    private static partial class Log
    {
        [LoggerMessage(5040, LogLevel.Warning, "no delta to {Archive} can be made, so devices fetch all of it: {Reason}")]
        public static partial void NotMade(ILogger logger, string archive, string reason);
    }
}
