using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>What a detector found in a column.</summary>
/// <param name="Parameters">What it was made with, by name, as people write it.</param>
/// <param name="Samples">Rows of the file, those of the reference included.</param>
/// <param name="ReferenceRows">Rows at the start that were taken as the reference, and not watched.</param>
/// <param name="Order">Coefficients of the model that whitens; null without one.</param>
/// <param name="Alarms">Rows, from 0, of the whole file.</param>
/// <param name="Warnings">Rows where a warning began.</param>
internal sealed record DetectRun(
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    string Column,
    int Samples,
    int ReferenceRows,
    int? Order,
    IReadOnlyList<long> Alarms,
    IReadOnlyList<long> Warnings)
{
    private const int FewestReferenceRows = 50;

    /// <summary>Reads the file and lets the detector see it.</summary>
    /// <exception cref="CommandException">The file or the column is not as it must be.</exception>
    public static DetectRun Of(DetectOptions options)
    {
        DataColumn column = ColumnOf(DataFile.Read(options.File), options);
        double[] values = column.Values;
        int rows = RowsOfReference(options, values.Length);
        double[] reference = values[..rows];
        if ((options.Whiten || options.Kind.NeedsReference) && reference.Count(double.IsFinite) < FewestReferenceRows)
        {
            throw new CommandException(ExitCode.Data, $"{options.File}: {column.Header}: the reference is {rows} rows, "
                + $"{reference.Count(double.IsFinite)} of them with a value; {FewestReferenceRows} are needed (--reference ROWS)");
        }

        (IDriftDetector detector, IReadOnlyList<KeyValuePair<string, string>> parameters, int? order) = Make(options, reference);
        List<long> alarms = [];
        List<long> warnings = [];
        DriftSignal before = DriftSignal.None;
        long last = long.MinValue / 2;
        for (int row = rows; row < values.Length; row++)
        {
            DriftSignal signal = detector.Update(values[row]);
            if (signal == DriftSignal.Drift)
            {
                // Each alarm prolongs its episode, so that a long change is one.
                if (row - last > options.CoolDown)
                {
                    alarms.Add(row);
                }

                last = row;
            }
            else if (signal == DriftSignal.Warning && before != DriftSignal.Warning)
            {
                warnings.Add(row);
            }

            before = signal;
        }

        string name = column.Header.Length > 0 ? column.Header : column.Name;
        return new DetectRun(parameters, name, values.Length, rows, order, alarms, warnings);
    }

    private static DataColumn ColumnOf(DataTable table, DetectOptions options)
    {
        DataColumn[] numbers = [.. table.Columns.Where(each => each.Kind == ColumnKind.Numbers)];
        string known = string.Join(", ", numbers.Select(each => each.Header.Length > 0 ? each.Header : each.Name));
        if (options.Column is { } name)
        {
            return numbers.FirstOrDefault(each => each == table.Find(name))
                ?? throw new CommandException(ExitCode.Data, $"{options.File}: has no column of numbers '{name}'; there are {known}");
        }

        return numbers.Length == 1
            ? numbers[0]
            : throw new CommandException(ExitCode.Usage, numbers.Length == 0
                ? $"{options.File}: has no column of numbers"
                : $"{options.File}: has several columns of numbers; --column says which: {known}");
    }

    private static int RowsOfReference(DetectOptions options, int count)
    {
        bool needed = options.Whiten || options.Kind.NeedsReference;
        int rows = options.ReferenceRows ?? (needed ? Math.Min((int)(0.15 * count), DetectOptions.MostReferenceRows) : 0);
        return rows < count
            ? rows
            : throw new CommandException(ExitCode.Usage, $"--reference {rows}: the file has {count} rows, and some must be left to watch");
    }

    private static (IDriftDetector Detector, IReadOnlyList<KeyValuePair<string, string>> Parameters, int? Order) Make(
        DetectOptions options, double[] reference)
    {
        if (options.ExpectedRunSamples is { } run)
        {
            CalibrationOptions calibration = new()
            {
                ExpectedRunSamples = run,
                MinimumEffect = options.MinimumEffect,
                Seed = options.Seed,
            };
            CalibratedDetector calibrated = DetectorCalibration.Calibrate(options.Kind.Name, reference, calibration);
            return (calibrated.Create(), [.. Shown(calibrated)], calibrated.Model.Coefficients.Count);
        }

        KeyValuePair<string, string>[] parameters =
            [.. options.Kind.Parameters.Select(each => KeyValuePair.Create(each.Name, each.Shown(options.Settings[each.Name])))];
        if (!options.Whiten)
        {
            return (options.Kind.Create(options.Settings, reference), parameters, null);
        }

        double clip = new CalibrationOptions().Clip;
        AutoregressiveModel model = AutoregressiveModel.Fit(reference);
        IDriftDetector inner = options.Kind.Create(options.Settings, model.Residuals(reference, clip));
        return (new WhitenedDetector(new Whitener(model, clip), inner), parameters, model.Coefficients.Count);
    }

    private static IEnumerable<KeyValuePair<string, string>> Shown(CalibratedDetector calibrated)
    {
        string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        if (calibrated.Thresholds.Count > 0)
        {
            yield return KeyValuePair.Create("threshold", Number(calibrated.Thresholds[^1]));
        }

        if (calibrated.Detector == DetectOptions.Recommended)
        {
            yield return KeyValuePair.Create("delta", Number(calibrated.Delta));
        }
    }
}
