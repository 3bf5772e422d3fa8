using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The packages of one line on disk: a slot for each, named by its content, one pointer that says what they are for, and
/// one incoming place.
/// </summary>
/// <remarks>
/// <code>
/// slots/{line}/current.json       the pointer, replaced atomically: it names archives by their hash
///               previous.json     the pointer before it, for the day current.json is damaged
///               {sha-256}/package.edgepkg
///               incoming/package.part, incoming/order.json
///               reserve           room for the pointer when the disk is full
/// </code>
/// Nothing is ever written into a slot: a whole archive moves in, and goes when no pointer names it any more. The store is
/// the only truth about a device's packages; a slot's bytes are hashed before each load, so that a file the pointer does not
/// know is never used. Not thread-safe.
/// </remarks>
public sealed class SlotStore
{
    private const int ReserveBytes = 16 * 1024;
    private const string ArchiveName = "package.edgepkg";
    private const string CurrentName = "current.json";
    private const string PreviousName = "previous.json";
    private const int OrderBytes = 4 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _directory;
    private byte[]? _saved;
    private string? _unusable;

    private SlotStore(IDisk disk, string line)
    {
        _disk = disk;
        _directory = $"slots/{line}";
        Line = line;
        State = LineState.Empty;
    }

    /// <summary>Name of the line.</summary>
    public string Line { get; }

    /// <summary>What the pointer says.</summary>
    public LineState State { get; private set; }

    /// <summary>
    /// What was wrong with the pointer when the store was opened, and what was done about it; null when nothing was.
    /// </summary>
    public string? Damage { get; private set; }

    /// <summary>False where the medium did not let it be opened: what the line holds is not known then.</summary>
    public bool IsUsable => _unusable is null;

    /// <summary>Where the bytes of a package that is being fetched stand.</summary>
    public string IncomingPath => $"{_directory}/incoming/package.part";

    /// <summary>Whether any such bytes are there. A medium that does not say has none.</summary>
    public bool IncomingIsHere
    {
        get
        {
            try
            {
                return _disk.Length(IncomingPath) is not null;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private string CurrentPath => $"{_directory}/{CurrentName}";

    private string PreviousPath => $"{_directory}/{PreviousName}";

    private string OrderPath => $"{_directory}/incoming/order.json";

    private string ReservePath => $"{_directory}/reserve";

    /// <summary>What the pointer of a line says, for who only looks: nothing is made or mended.</summary>
    /// <returns>The empty state where there is no pointer.</returns>
    /// <exception cref="IOException">The medium failed.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static LineState Look(IDisk disk, string line)
    {
        byte[]? pointer = DurableFiles.ReadAll(disk, $"slots/{line}/current.json", PointerFile.MaxBytes);
        return pointer is null ? LineState.Empty : PointerFile.Decode(pointer);
    }

    /// <summary>Opens, and where needed creates, the store of one line.</summary>
    /// <param name="line">1 to 63 of <c>a-z 0-9 -</c>.</param>
    /// <remarks>
    /// Never fails. A damaged pointer: the one before it counts, else the store begins empty. A medium that fails: the
    /// store stays empty and refuses every change, so that what may still stand on it is not written over.
    /// <see cref="Damage"/> says so.
    /// </remarks>
    public static SlotStore Open(IDisk disk, string line)
    {
        SlotStore store = new(disk, line);
        try
        {
            store.MakeDirectories();
            store.ReadPointer();
            store.MoveLetteredSlots();
            store.KeepReserve();
        }
        catch (IOException failed)
        {
            store.State = LineState.Empty;
            store._unusable = failed.Message;
            store.Damage = $"slots/{line}: {failed.Message}; "
                + "nothing is kept, and no update is taken, until the device restarts";
        }

        return store;
    }

    /// <summary>Where an archive stands, or would, by its SHA-256.</summary>
    public string PathOf(string archiveSha256) => PathOf(Line, archiveSha256);

    /// <summary>The same for those who only look at the store of a line.</summary>
    public static string PathOf(string line, string archiveSha256) => $"slots/{line}/{archiveSha256}/{ArchiveName}";

    /// <summary>The pointers of a line, the one that counts first.</summary>
    public static IReadOnlyList<string> PointersOf(string line) => [$"slots/{line}/{CurrentName}", $"slots/{line}/{PreviousName}"];

    /// <summary>Where the archive of a slot stands; that of the empty name where the slot is empty.</summary>
    public string PathOf(Slot slot) => PathOf(State[slot]?.ArchiveSha256 ?? "");

    /// <summary>
    /// Makes a state durable. When it throws, or the power fails in it, the old one or the new one stands.
    /// </summary>
    /// <exception cref="IOException">No room, or the medium failed; <see cref="State"/> is unchanged.</exception>
    public void Save(LineState state)
    {
        RequireUsable();
        byte[] bytes = PointerFile.Encode(state);
        try
        {
            WritePointers(bytes);
        }
        catch (IOException)
        {
            _disk.Delete(ReservePath);
            WritePointers(bytes);
            KeepReserve();
        }

        _saved = bytes;
        State = state;
        TryClearUnnamed();
    }

    /// <summary>
    /// Empties the incoming place for the bytes of <paramref name="package"/>, and remembers how to check them. What is there of
    /// the same archive stays: an order for it that comes anew, encrypted in another way, goes on with it.
    /// </summary>
    /// <exception cref="IOException">No room, or the medium failed.</exception>
    public void Expect(PackageReference package)
    {
        RequireUsable();
        bool isSame = Expected() is { } before && before.ArchiveSha256 == package.ArchiveSha256 && before.ChunkBytes == package.ChunkBytes;
        if (!isSame)
        {
            ClearIncoming();
        }

        DurableFiles.WriteAtomically(
            _disk, OrderPath, JsonSerializer.SerializeToUtf8Bytes(package, WireJson.Default.PackageReference));
    }

    /// <summary>
    /// How to check the bytes of the incoming place; null when that was lost, and the download with it.
    /// </summary>
    public PackageReference? Expected()
    {
        try
        {
            return DurableFiles.ReadAll(_disk, OrderPath, OrderBytes) is { } bytes
                ? JsonSerializer.Deserialize(bytes, WireJson.Default.PackageReference)
                : null;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Puts a whole archive into the incoming place, durably.</summary>
    /// <exception cref="IOException">No room, or the medium failed.</exception>
    public void Place(ReadOnlySpan<byte> archive)
    {
        RequireUsable();
        ClearIncoming();
        DurableFiles.WriteAtomically(_disk, IncomingPath, archive);
    }

    /// <summary>Moves the incoming bytes into a slot of their own, durably. The state must already name them.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public void Install(StoredPackage package)
    {
        _disk.Sync(IncomingPath);
        Move(IncomingPath, PathOf(package.ArchiveSha256));
        _disk.Delete(OrderPath);
    }

    /// <summary>Gives up what the incoming place holds; without harm where the medium does not let go of it.</summary>
    public void TryClearIncoming()
    {
        try
        {
            ClearIncoming();
        }
        catch (IOException)
        {
            // It is in nobody's way but the next download's, which clears it again.
        }
    }

    private void ClearIncoming()
    {
        string incoming = DurableFiles.Parent(IncomingPath);
        foreach (string name in _disk.List(incoming))
        {
            _disk.Delete($"{incoming}/{name}");
        }
    }

    private void RequireUsable()
    {
        if (_unusable is not null)
        {
            throw new IOException($"the store could not be opened: {_unusable}");
        }
    }

    private void MakeDirectories()
    {
        _disk.CreateDirectory($"{_directory}/incoming");
        if (_disk.Length(CurrentPath) is null)
        {
            // Only a store without a pointer can have names that no sync has covered yet.
            _disk.SyncDirectory(_directory);
            _disk.SyncDirectory("slots");
            _disk.SyncDirectory("");
        }
    }

    private void ReadPointer()
    {
        if (TryRead(CurrentPath, out string? damage))
        {
            return;
        }

        bool used = Slots().Any();
        if (TryRead(PreviousPath, out string? older))
        {
            Damage = $"{CurrentPath}: {damage ?? "it is missing"}; the pointer before it counts";
            try
            {
                DurableFiles.WriteAtomically(_disk, CurrentPath, _saved);
            }
            catch (IOException)
            {
                // The next change writes it anyway; until then the older pointer is read again.
            }
        }
        else if (damage is not null || older is not null || used)
        {
            Damage = $"{CurrentPath}: {damage ?? "it is missing"}; {PreviousPath}: {older ?? "it is missing"}; "
                + "which slot was trusted is not known any more, so it begins anew";
        }
    }

    /// <returns>False when there is no such file (<paramref name="damage"/> is null) or it is damaged.</returns>
    private bool TryRead(string path, out string? damage)
    {
        damage = null;
        try
        {
            if (DurableFiles.ReadAll(_disk, path, PointerFile.MaxBytes) is not { } bytes)
            {
                return false;
            }

            State = PointerFile.Decode(bytes);
            _saved = bytes;
            return true;
        }
        catch (InvalidDataException broken)
        {
            damage = broken.Message;
            return false;
        }
    }

    /// <summary>Directories that hold archives: named by a hash, or by a letter as before this layout.</summary>
    private IEnumerable<string> Slots() =>
        _disk.List(_directory).Where(name => (name.Length == 64 && name.All(char.IsAsciiHexDigitLower)) || name is "a" or "b");

    /// <summary>
    /// Takes over a store whose two slots had letters: each archive moves to its name, in one rename, so that a power failure
    /// leaves it in one place or the other and the next start goes on.
    /// </summary>
    private void MoveLetteredSlots()
    {
        foreach (Slot slot in (Slot[])[Slot.A, Slot.B])
        {
            string lettered = $"{_directory}/{(slot == Slot.A ? 'a' : 'b')}/{ArchiveName}";
            if (_disk.Length(lettered) is null)
            {
                continue;
            }

            // A package that was being installed may be in the slot already, though the state does not count it there yet.
            StoredPackage? package = State[slot] ?? (State.Phase as Activation.Installing)?.Package;
            if (package is not null && _disk.Length(PathOf(package.ArchiveSha256)) is null)
            {
                Move(lettered, PathOf(package.ArchiveSha256));
            }
        }

        if (Damage is null)
        {
            TryClearUnnamed();
        }
    }

    private void Move(string from, string to)
    {
        string slot = DurableFiles.Parent(to);
        _disk.CreateDirectory(slot);
        _disk.SyncDirectory(_directory);
        _disk.Rename(from, to);
        _disk.SyncDirectory(slot);
        _disk.SyncDirectory(DurableFiles.Parent(from));
    }

    /// <summary>Gives up archives that the state does not name; without harm where the medium does not let go of them.</summary>
    private void TryClearUnnamed()
    {
        string?[] named =
            [State.A?.ArchiveSha256, State.B?.ArchiveSha256, (State.Phase as Activation.Installing)?.Package.ArchiveSha256];
        try
        {
            foreach (string slot in Slots().Where(name => !named.Contains(name)).ToList())
            {
                _disk.Delete($"{_directory}/{slot}/{ArchiveName}");
                _disk.Delete($"{_directory}/{slot}");
            }
        }
        catch (IOException)
        {
            // They only take room; the next change of state clears them again.
        }
    }

    private void WritePointers(byte[] bytes)
    {
        if (_saved is not null)
        {
            DurableFiles.WriteAtomically(_disk, PreviousPath, _saved);
        }

        DurableFiles.WriteAtomically(_disk, CurrentPath, bytes);
    }

    /// <summary>Keeps a little room aside, so that an undo can still be written down when the disk is full.</summary>
    private void KeepReserve()
    {
        if (_disk.Length(ReservePath) == ReserveBytes)
        {
            return;
        }

        try
        {
            // Not zeros: a file system that compresses would keep no room for them.
            byte[] filling = new byte[ReserveBytes];
            new Random(ReserveBytes).NextBytes(filling);
            _disk.Write(ReservePath, 0, filling);
            _disk.Sync(ReservePath);
        }
        catch (IOException)
        {
            _disk.Delete(ReservePath);
        }
    }
}
