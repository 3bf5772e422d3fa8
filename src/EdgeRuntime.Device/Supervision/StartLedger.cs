using System.Globalization;
using System.Text;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Supervision;

/// <summary>
/// Remembers whether the process before lived as it should: what ends it in every start, soon, is most likely a model.
/// </summary>
/// <remarks>
/// <c>journal/starts</c> of the state directory, three small writes for a start. A stop on request is no crash, nor is one that
/// came after <see cref="Steady"/>, nor the end of the whole machine: power that flickers is no fault of a model.
/// </remarks>
/// <param name="machineBoot">What the kernel calls this run of the machine.</param>
internal sealed class StartLedger(IDisk disk, string machineBoot, TimeProvider time)
{
    /// <summary>Crashes in a row after which the start that follows goes back.</summary>
    public const int MostCrashes = 2;

    /// <summary>How long a process must live to count as steady.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(60);

    private const string Place = "journal/starts";
    private const int LongestFile = 256;
    private const string Heading = "edge-starts 1";
    private const string Running = "running";
    private const string Stopped = "stopped";

    private long _began;
    private int _crashes;
    private bool _isOpen;

    /// <summary>Why a package is to be held responsible for the ends of the processes before, as a sentence, or null.</summary>
    public string? CrashLoop { get; private set; }

    /// <summary>What the kernel calls this run of the machine; empty where it does not say.</summary>
    public static string MachineBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Counts this start, before anything that a package chose is opened.</summary>
    /// <returns><see cref="CrashLoop"/>.</returns>
    public string? Begin()
    {
        _began = time.GetTimestamp();
        _isOpen = true;
        (int before, string boot, string end) = Read();
        _crashes = end == Running && boot == machineBoot ? before + 1 : 0;
        bool loops = _crashes >= MostCrashes;

        // The start that goes back begins to count anew, for the package that it goes back to.
        Write(Running, loops ? 0 : _crashes);
        CrashLoop = loops
            ? $"the process ended {_crashes} times in a row within {Steady.TotalSeconds:0} s of its start while it answered"
            : null;
        return CrashLoop;
    }

    /// <summary>Looks whether the process has lived long enough. To be called now and then.</summary>
    public void Step()
    {
        if (_isOpen && time.GetElapsedTime(_began) >= Steady)
        {
            Close();
        }
    }

    /// <summary>The process ends because it was asked to.</summary>
    public void Stop()
    {
        if (_isOpen)
        {
            Close();
        }
    }

    private void Close()
    {
        _isOpen = false;
        Write(Stopped, 0);
    }

    private (int Crashes, string Boot, string End) Read()
    {
        try
        {
            string[] lines = DurableFiles.ReadAll(disk, Place, LongestFile) is byte[] bytes ? Encoding.UTF8.GetString(bytes).Split('\n') : [];
            return lines is [Heading, string crashes, string boot, string end, ..]
                && int.TryParse(crashes, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? (count, boot, end)
                : (0, "", "");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return (0, "", "");
        }
    }

    private void Write(string end, int crashes)
    {
        try
        {
            disk.CreateDirectory("journal");
            DurableFiles.WriteAtomically(
                disk, Place, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Heading}\n{crashes}\n{machineBoot}\n{end}\n")));
        }
        catch (IOException)
        {
            // A disk that takes nothing costs this memory and nothing else.
        }
    }
}
