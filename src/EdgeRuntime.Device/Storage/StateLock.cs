namespace EdgeRuntime.Device.Storage;

/// <summary>
/// Holds a state directory for one process: two devices in one directory would write into each other's slots. The kernel gives
/// it back when the process ends, however it does.
/// </summary>
internal sealed class StateLock : IDisposable
{
    private const string FileName = "lock";
    private const int WouldBlock = 11; // EWOULDBLOCK of flock(2), which .NET takes for FileShare.None

    private readonly FileStream? _file;

    private StateLock(FileStream? file) => _file = file;

    /// <summary>Takes the directory. On a disk that cannot be written there is nothing to hold.</summary>
    /// <returns>Null when another process holds it.</returns>
    public static StateLock? TryTake(string stateDirectory)
    {
        try
        {
            return new StateLock(new FileStream(
                Path.Combine(stateDirectory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StateLock(null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
