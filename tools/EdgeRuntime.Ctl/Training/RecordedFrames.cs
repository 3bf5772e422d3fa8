using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Opens a recording as the frames a package wants: channel values of a file, or a folder of pictures.</summary>
internal static class RecordedFrames
{
    private const int MostValues = 64 * 1024 * 1024;

    /// <summary>Opens one.</summary>
    /// <param name="speed">1 for the recorded pace, 0 for as fast as it is read.</param>
    /// <exception cref="CommandException">It is no recording for this package; all mistakes are listed.</exception>
    public static FrameSource Open(ModelManifest manifest, RecordingFiles files, double speed, TimeProvider time)
    {
        if (manifest.Pipeline.Image is not null)
        {
            return new FrameSource(Read(files.Paths[0], path => Pictures(manifest, path, files.RateHz, speed, time)));
        }

        if (!files.Together)
        {
            return new FrameSource(Read(files.Paths[0], path => Values(manifest, path, files, null, speed, time)));
        }

        // Aligned by their times of day: those that have none begin together.
        NamedSensor[] sensors =
        [
            .. files.Paths.Select(file => new NamedSensor(
                Path.GetFileNameWithoutExtension(file).ToLowerInvariant(), Read(file, path => Values(manifest, path, files, 0, speed, time)))),
        ];
        try
        {
            return new FrameSource(new AlignedSensor(sensors, time, new AlignedOptions { RateHz = manifest.Pipeline.RateHz }));
        }
        catch (ArgumentException refused)
        {
            throw new CommandException(ExitCode.Data, [refused.Message]);
        }
    }

    /// <summary>Takes the next frame, and moves the clock to it where none is due yet.</summary>
    /// <returns>False at the end.</returns>
    public static bool TryNext(FrameSource source, SteppedTime time, Frame frame)
    {
        while (!source.Ended)
        {
            if (source.TryRead(frame))
            {
                return true;
            }

            time.MoveTo(source.NextDue);
        }

        return false;
    }

    private static bool IsArray(string path) => Path.GetExtension(path).ToLowerInvariant() is ".npy" or ".wav" or ".wave";

    private static T Read<T>(string path, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (RecordingException refused)
        {
            throw new CommandException(ExitCode.Data, [.. refused.Mistakes.Select(mistake => $"{path}: {mistake}")]);
        }
    }

    private static ReplaySensor Values(
        ModelManifest manifest, string path, RecordingFiles files, long? startUnixMs, double speed, TimeProvider time)
    {
        ReplayOptions options = new()
        {
            Path = path,
            Speed = speed,
            RateHz = files.RateHz,
            Columns = IsArray(path) ? files.Columns : [],
            StartUnixMs = startUnixMs,
            MaxValues = MostValues,
            Categories = [.. manifest.Channels.Where(channel => channel.IsCategory()).Select(channel => channel.Name)],
        };
        Refuse(options.Validate());
        return new ReplaySensor(time, options);
    }

    private static PictureReplaySensor Pictures(
        ModelManifest manifest, string path, double rate, double speed, TimeProvider time)
    {
        PictureReplayOptions options = new()
        {
            Path = path, Speed = speed, RateHz = rate > 0 ? rate : manifest.Pipeline.RateHz,
        };
        Refuse(options.Validate());
        return new PictureReplaySensor(time, options);
    }

    private static void Refuse(IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.NoInput, mistakes);
        }
    }
}

/// <summary>One recording: a file or a folder, or several files of sensors that were read at the same time.</summary>
/// <param name="Paths">At least 1.</param>
/// <param name="RateHz">Rows per second where they do not tell; 0 for none.</param>
/// <param name="Together">Whether they are brought to the package's rate.</param>
/// <param name="Columns">Names of the channels of arrays, with their units in brackets; empty for numbered ones.</param>
internal sealed record RecordingFiles(IReadOnlyList<string> Paths, double RateHz, IReadOnlyList<string> Columns, bool Together = false)
{
    /// <summary>What mistakes and tables call it.</summary>
    public string Name => string.Join('+', Paths);

    /// <summary>The package's channel to the recording's, for those that are not named alike.</summary>
    public IReadOnlyDictionary<string, string> Mapping { get; init; } = new Dictionary<string, string>();

    /// <summary>Each file as a recording of its own.</summary>
    public IReadOnlyList<RecordingFiles> Apart() => [.. Paths.Select(path => this with { Paths = [path] })];

    /// <summary>Where a model would find itself before this recording.</summary>
    public ModelSite SiteOf(ModelManifest manifest, FrameSource source) => new()
    {
        Name = manifest.Name, Channels = source.Channels, Image = source.Image, RateHz = source.RateHz, Mapping = Mapping,
    };
}
