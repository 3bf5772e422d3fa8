using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// What one update may still cost on a metered line. Bytes count when they are asked for, durably and before the request leaves:
/// no restart makes them free again, and what is lost on the way was paid for too.
/// </summary>
public sealed class TransferBudget
{
    private const int LongestFile = 32;

    private readonly IDisk _disk;
    private readonly string _path;

    /// <summary>Finds what was spent before; a file that does not say so counts as all of it.</summary>
    /// <param name="path">Where it is remembered; goes when the update does.</param>
    /// <param name="limit">Bytes of one update; at least 1.</param>
    /// <exception cref="IOException">The medium failed.</exception>
    public TransferBudget(IDisk disk, string path, long limit)
    {
        _disk = disk;
        _path = path;
        Limit = limit;
        Spent = Read();
    }

    /// <summary>Bytes of one update.</summary>
    public long Limit { get; }

    /// <summary>Bytes asked for so far, those of earlier runs included.</summary>
    public long Spent { get; private set; }

    /// <summary>Bytes that may still be asked for.</summary>
    public long Left => Math.Max(0, Limit - Spent);

    /// <summary>Why so many bytes may not be fetched any more, or null.</summary>
    public string? Objection(long bytes) => bytes <= Left ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{bytes} bytes are still to be fetched, and {Left} are left of the budget of {Limit} for an update (transfer.budget_bytes)");

    /// <summary>Counts bytes that are about to be asked for.</summary>
    /// <exception cref="IOException">It cannot be remembered; then they must not be asked for.</exception>
    public void Spend(long bytes)
    {
        DurableFiles.WriteAtomically(_disk, _path, Encoding.ASCII.GetBytes((Spent + bytes).ToString(CultureInfo.InvariantCulture)));
        Spent += bytes;
    }

    private long Read()
    {
        try
        {
            byte[]? bytes = DurableFiles.ReadAll(_disk, _path, LongestFile);
            return bytes is null ? 0
                : Utf8Parser.TryParse(bytes, out long spent, out int read) && read == bytes.Length && spent >= 0 ? spent
                : Limit;
        }
        catch (InvalidDataException)
        {
            return Limit;
        }
    }
}
