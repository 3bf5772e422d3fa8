using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Recordings as a package sees them: its channels frame by frame, and what its pipeline makes of them.</summary>
internal sealed class GatheredFrames
{
    private const long MostValues = 64 * 1024 * 1024;

    private readonly List<double>[] _channels;
    private readonly List<double> _unixMs = [];
    private readonly List<Range> _recordings = [];
    private readonly List<double[]> _rows = [];
    private readonly List<string> _labels = [];
    private readonly List<Range> _rowRecordings = [];
    private readonly ModelManifest _manifest;

    private GatheredFrames(ModelManifest manifest)
    {
        _manifest = manifest;
        _channels = [.. manifest.Channels.Select(_ => new List<double>())];
    }

    /// <summary>Values by channel of the manifest, frame by frame; NaN where there was none.</summary>
    public IReadOnlyList<double[]> Channels => [.. _channels.Select(channel => channel.ToArray())];

    /// <summary>When each frame was taken; NaN of recordings that do not tell.</summary>
    public double[] UnixMs => [.. _unixMs];

    /// <summary>Stretches of frames of one recording.</summary>
    public IReadOnlyList<Range> Recordings => _recordings;

    /// <summary>The windows.</summary>
    public FeatureTable Features => FeatureTable.Of(_rows, _labels, _rowRecordings);

    // Those without a value are left out.
    private IReadOnlyList<ChannelReference> References =>
    [
        .. _manifest.Channels.Select((channel, i) => channel.IsCategory()
            ? ChannelCalibration.Categories(channel.Name, [.. _channels[i]])
            : ChannelCalibration.Numbers(channel.Name, [.. _channels[i]], _recordings)).OfType<ChannelReference>(),
    ];

    // Null where the frames do not tell.
    private TimingReference? Timing => ChannelCalibration.Timing(UnixMs, _recordings);

    /// <summary>Plays recordings through a package's pipeline.</summary>
    /// <exception cref="CommandException">One is none for this package; all mistakes are listed.</exception>
    public static GatheredFrames Of(ModelManifest manifest, params IReadOnlyList<RecordingFiles> recordings)
    {
        GatheredFrames gathered = new(manifest);
        foreach (RecordingFiles recording in recordings)
        {
            gathered.Add(recording);
        }

        return gathered._rows.Count > 0 ? gathered : throw new CommandException(
            ExitCode.Data, $"{string.Join(", ", recordings.Select(recording => recording.Name))}: too short for one window of {manifest.Pipeline.WindowFrames} frames");
    }

    /// <summary>A profile that also tells how channels and frames behave.</summary>
    public ReferenceProfile AddedTo(ReferenceProfile profile) => profile with { Channels = References, Timing = Timing };

    private void Add(RecordingFiles recording)
    {
        SteppedTime time = new();
        using FrameSource source = RecordedFrames.Open(_manifest, recording, 0, time);
        if (!PipelineBinding.TryBind(_manifest, recording.SiteOf(_manifest, source), out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{recording.Name}: {mistake}")]);
        }

        int[] places = [.. _manifest.Channels.Select(channel => PlaceOf(source, recording.Mapping.GetValueOrDefault(channel.Name, channel.Name)))];
        int from = _unixMs.Count;
        int rowsFrom = _rows.Count;
        Frame frame = source.NewFrame();
        LabelRun run = new(_manifest.Pipeline.WindowFrames);
        while (RecordedFrames.TryNext(source, time, frame))
        {
            if ((long)_unixMs.Count * Math.Max(1, _channels.Length) > MostValues)
            {
                throw new CommandException(ExitCode.Data, $"{recording.Name}: the recordings have more than {MostValues} values; give a part of them");
            }

            _unixMs.Add(frame.Time.UnixMs);
            for (int i = 0; i < places.Length; i++)
            {
                _channels[i].Add(frame.Values[places[i]]);
            }

            run.Take((source.Sensor as ReplaySensor)?.Label ?? "");
            if (pipeline.Push(frame))
            {
                _rows.Add(pipeline.Values.ToArray());
                _labels.Add(run.OfWindow);
            }
        }

        _recordings.Add(from.._unixMs.Count);
        _rowRecordings.Add(rowsFrom.._rows.Count);
    }

    private static int PlaceOf(FrameSource source, string name)
    {
        for (int i = 0; i < source.Channels.Count; i++)
        {
            if (source.Channels[i].Name == name && source.Channels[i].Way is ResampleWay.None or ResampleWay.Hold)
            {
                return i;
            }
        }

        return 0;
    }
}
