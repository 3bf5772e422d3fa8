using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors;
using EdgeRuntime.Sensors.Simulated;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>record</c>: writes the frames of a sensor to a file, for training and for replay.</summary>
internal static class RecordCommand
{
    public const string Usage = """
        usage: edgectl record --sensor vitals|simulated --seconds N --output FILE [--label LABEL] [--digits N] [--rate HZ]
                              [--seed N] [--speed N] [--severity N]

        Writes a sensor's frames to CSV: time (of this machine by both clocks), channels with their units, and a label if
        there is one. To FILE.npy and FILE.wav it writes the channels alone, as doubles.
          --sensor     vitals: this machine; simulated: a rotating machine, labelled with its condition
          --label      written into every row; a simulated machine's condition when absent
          --digits     significant digits (default: as many as it takes to read back the same bits)
          --rate       frames per second (default: 5 for vitals, 1024 simulated)
        For simulated:
          --seed       the same seed gives the same frames (default: 1)
          --speed      times faster than real; 0 for as fast as it goes (default: 1)
          --severity   how strong the faults are (default: 1)
        Ends after the seconds, or with SIGTERM or Ctrl-C; what was recorded stands.
        """;

    public const string Example = "edgectl record --sensor vitals --seconds 60 --label idle --output idle.csv";

    private static readonly string[] Valued =
        ["--sensor", "--seconds", "--output", "--label", "--digits", "--rate", "--seed", "--speed", "--severity"];

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, Valued, []);
        string kind = read.Required("--sensor");
        string file = read.Required("--output");
        string? label = read.Text("--label");
        read.RequiredFiles();
        RecorderOptions options = new()
        {
            Seconds = read.Number("--seconds"),
            Digits = (int)Math.Min(read.Whole("--digits", 0), 99),

            // A machine's wall clock may be set at any time; a simulated one is not.
            TimeColumn = kind == "vitals" ? "both" : null,
        };
        VitalsOptions vitals = new() { RateHz = read.Number("--rate", 5.0) };
        SimulatedOptions simulated = new()
        {
            RateHz = read.Number("--rate", 1024.0),
            Seed = read.Whole("--seed", 1),
            Speed = read.Number("--speed", 1.0),
            Severity = read.Number("--severity", 1.0),
        };
        read.Mistakes.AddRange(options.Validate());
        if (FormatOf(file) is not null && (label is not null || options.Digits != 0))
        {
            read.Mistakes.Add($"--output {file}: only CSV holds labels and digits");
        }

        switch (kind)
        {
            case "vitals":
                read.Mistakes.AddRange(vitals.Validate());
                break;
            case "simulated":
                read.Mistakes.AddRange(simulated.Validate());
                break;
            case "":
                break;
            default:
                read.Mistakes.Add($"--sensor {kind}: is neither vitals nor simulated");
                break;
        }

        read.Check();
        if (kind == "vitals")
        {
            using VitalsSensor sensor = new(around.Time, vitals);
            await WriteAsync(sensor, around.Time, options, label is null ? null : () => label, file, stop);
        }
        else
        {
            using SimulatedSensor sensor = new(around.Time, simulated);
            await WriteAsync(sensor, around.Time, options, () => label ?? sensor.Condition.Name(), file, stop);
        }

        return ExitCode.Done;
    }

    // Not whole or not at all, as other files are written: what was recorded until the disk was full is worth keeping.
    private static async Task WriteAsync(
        ISensor sensor, TimeProvider time, RecorderOptions options, Func<string>? label, string file, CancellationToken stop)
    {
        try
        {
            Recorder recorder = new(sensor, time, options, label);
            if (FormatOf(file) is ArrayFormat format)
            {
                await using FileStream bytes = new(file, FileMode.Create, FileAccess.Write);
                await recorder.RecordAsync(bytes, format, stop);
                return;
            }

            await using StreamWriter output = new(file);
            await recorder.RecordAsync(output, stop);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(ExitCode.Usage, $"{file}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{file}: cannot be written: {e.Message}");
        }
    }

    private static ArrayFormat? FormatOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".npy" => ArrayFormat.Npy,
        ".wav" => ArrayFormat.Wav,
        _ => null,
    };
}
