using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Opens a recording as the frames a package wants: channel values of a file, or a folder of pictures.</summary>
internal static class RecordedFrames
{
    private const int MostValues = 64 * 1024 * 1024;

    /// <summary>Opens one.</summary>
    /// <param name="rate">Rows per second where the recording does not tell; 0 for none.</param>
    /// <param name="speed">1 for the recorded pace, 0 for as fast as it is read.</param>
    /// <exception cref="CommandException">It is no recording for this package; all mistakes are listed.</exception>
    public static FrameSource Open(PackageManifest manifest, string path, double rate, double speed, TimeProvider time)
    {
        try
        {
            return manifest.Pipeline.Image is null
                ? new FrameSource(Values(manifest, path, rate, speed, time))
                : new FrameSource(Pictures(manifest, path, rate, speed, time));
        }
        catch (RecordingException refused)
        {
            throw new CommandException(ExitCode.Data, [.. refused.Mistakes.Select(mistake => $"{path}: {mistake}")]);
        }
    }

    private static ReplaySensor Values(PackageManifest manifest, string path, double rate, double speed, TimeProvider time)
    {
        ReplayOptions options = new()
        {
            Path = path,
            Speed = speed,
            RateHz = rate,
            MaxValues = MostValues,
            Categories = [.. manifest.Channels.Where(channel => channel.IsCategory()).Select(channel => channel.Name)],
        };
        Refuse(options.Validate());
        return new ReplaySensor(time, options);
    }

    private static PictureReplaySensor Pictures(
        PackageManifest manifest, string path, double rate, double speed, TimeProvider time)
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
