using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Counts the starts of a runtime package that did not come to serve. The installed program counts before it becomes another: one
/// that dies at once cannot count itself. What ends a process that serves is counted elsewhere.
/// </summary>
/// <remarks>
/// <c>journal/runtime-starts</c> of the state directory. A restart of the whole machine begins to count anew, but for a package on
/// trial: that gets one start.
/// </remarks>
/// <param name="machineBoot">What the kernel calls this run of the machine.</param>
public sealed class RuntimeStarts(IDisk disk, string machineBoot, TimeProvider time)
{
    /// <summary>Starts in a row that did not come to serve, after which another package is chosen.</summary>
    public const int Most = 2;

    private const string Place = "journal/runtime-starts";
    private const int LongestFile = 512;
    private const string Heading = "edge-runtime-starts 1";
    private const string Starting = "starting";
    private const string Serving = "serving";

    /// <summary>Counts a start.</summary>
    /// <param name="trial">Generation of the order whose trial it begins; null for a package that is trusted.</param>
    /// <returns>Why the package is not to be started again, as a sentence; null when it is to be, and then it is counted.</returns>
    /// <exception cref="IOException">The disk does not take the count: a package on trial must not be started then.</exception>
    public string? Begin(ModelId package, long? trial)
    {
        string key = KeyOf(package, trial);
        (string? name, int starts, string boot, long at, string reached) = Read();
        bool same = name == key;
        if (same && (trial is not null || (reached == Starting && boot == machineBoot && starts >= Most)))
        {
            string ended = boot != machineBoot ? "the machine restarted in its trial"
                : reached == Serving ? "the process ended during its trial"
                : string.Create(CultureInfo.InvariantCulture, $"it did not come to serve: the process ended within {Math.Max(1, Now() - at)} s of its start");
            return starts > 1 ? $"{ended}, {starts} times in a row" : ended;
        }

        int before = same && reached == Starting && boot == machineBoot ? starts : 0;
        Write(key, before + 1, Now(), Starting);
        return null;
    }

    /// <summary>As <see cref="Begin"/>; a disk that takes no count keeps a package on trial from being started, and no other.</summary>
    public string? TryBegin(ModelId package, long? trial)
    {
        try
        {
            return Begin(package, trial);
        }
        catch (IOException full) when (trial is not null)
        {
            return $"the disk does not take the count of its starts: {full.Message}";
        }
        catch (IOException)
        {
            // What is trusted is started though nobody can count.
            return null;
        }
    }

    /// <summary>This process, of that package, serves: from here on others count.</summary>
    public void Served(ModelId package, long? trial)
    {
        try
        {
            Write(KeyOf(package, trial), 1, Now(), Serving);
        }
        catch (IOException)
        {
            // A disk that takes nothing costs this memory and nothing else.
        }
    }

    /// <summary>Begins to count anew.</summary>
    public static void Forget(IDisk disk)
    {
        try
        {
            disk.Delete(Place);
        }
        catch (IOException)
        {
            // Then the start counts, as those of a program that ends for no reason do.
        }
    }

    // With the order, so that what was undone may be ordered again.
    private static string KeyOf(ModelId package, long? trial) =>
        trial is long generation ? string.Create(CultureInfo.InvariantCulture, $"{package} on trial by {generation}") : package.ToString();

    // Of the machine's run, not of the day: a clock that is set must not make a crash look like a long life.
    private long Now() => (long)(time.GetTimestamp() / (double)time.TimestampFrequency);

    private (string? Key, int Starts, string Boot, long At, string Reached) Read()
    {
        try
        {
            string[] lines = DurableFiles.ReadAll(disk, Place, LongestFile) is byte[] bytes ? Encoding.UTF8.GetString(bytes).Split('\n') : [];
            return lines is [Heading, string key, string starts, string boot, string at, string reached, ..]
                && int.TryParse(starts, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && long.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
                ? (key, count, boot, seconds, reached)
                : (null, 0, "", 0, "");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return (null, 0, "", 0, "");
        }
    }

    private void Write(string key, int starts, long at, string reached)
    {
        disk.CreateDirectory("journal");
        DurableFiles.WriteAtomically(disk, Place, Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Heading}\n{key}\n{starts}\n{machineBoot}\n{at}\n{reached}\n")));
    }
}
