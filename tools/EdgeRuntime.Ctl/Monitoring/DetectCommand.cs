using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>detect</c>: lets any drift detector see a recorded stream, and says where it alarms.</summary>
internal static class DetectCommand
{
    public const string Example = """
        edgectl detect machine_temperature.csv
        edgectl detect errors.csv --detector hddm_w --json
        edgectl detect stream.npy --detector adwin --param delta=0.002
        edgectl detect plant.csv --column pressure --detector cvm --ert 10000 --reference 5000
        """;

    public static string Usage { get; } = $"""
        usage: edgectl detect FILE [--detector NAME] [--param NAME=VALUE]… [--column NAME] [--reference ROWS]
                              [--whiten] [--ert N] [--effect SD] [--cooldown N] [--seed N] [--json]

        Watches one column of a CSV file or .npy array with the code that devices run, and prints the rows, from 0, where it
        alarms. Missing values are passed over.

        Without --detector: as recommended, that is page_hinkley --ert 100000.
          --reference ROWS  the first rows are the reference, and not watched (default: 15 of 100 rows, at most {DetectOptions.MostReferenceRows},
                            where one is needed)
          --whiten          watch what is left of the values when an autoregressive model, fitted on the reference, has
                            predicted them; standardised, and kept within 4 deviations
          --ert N           whiten, and work out thresholds from the reference for one false alarm in N samples on average
          --effect SD       with --ert: the smallest shift worth an alarm, in the reference's deviations (default: 1)
          --cooldown N      alarms at most N samples after another belong to it (default: 0)
          --json            one object: "detector", "parameters", "column", "samples", "reference_rows", "whitening_order"
                            (null without), "alarms", "warnings"

        {Kinds()}
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        DetectOptions options = DetectOptions.Parse(words);
        DetectRun run = DetectRun.Of(options);
        if (options.Json)
        {
            around.Output.WriteLine(Json(options, run));
            return ExitCode.Done;
        }

        string parameters = string.Join(", ", run.Parameters.Select(each => $"{each.Key} {each.Value}"));
        string reference = run.ReferenceRows > 0 ? $" after {run.ReferenceRows} of reference" : "";
        string whitened = run.Order is { } order ? $", whitened by {order} coefficients" : "";
        around.Output.WriteLine(
            $"{run.Column}: {run.Samples - run.ReferenceRows} rows{reference}; {options.Kind.Name}{whitened}"
            + (parameters.Length > 0 ? $" ({parameters})" : ""));
        around.Output.WriteLine(run.Alarms.Count == 0
            ? "no alarm"
            : $"{run.Alarms.Count} alarm{(run.Alarms.Count == 1 ? "" : "s")}, at row {string.Join(", ", run.Alarms)}");
        if (run.Warnings.Count > 0)
        {
            around.Output.WriteLine($"{run.Warnings.Count} warnings began, at row {string.Join(", ", run.Warnings)}");
        }

        return ExitCode.Done;
    }

    private static string Json(DetectOptions options, DetectRun run)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("detector", options.Kind.Name);
            json.WriteStartObject("parameters");
            foreach ((string name, string value) in run.Parameters)
            {
                if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
                {
                    json.WriteNumber(name, number);
                }
                else
                {
                    json.WriteString(name, value);
                }
            }

            json.WriteEndObject();
            json.WriteString("column", run.Column);
            json.WriteNumber("samples", run.Samples);
            json.WriteNumber("reference_rows", run.ReferenceRows);
            if (run.Order is { } order)
            {
                json.WriteNumber("whitening_order", order);
            }
            else
            {
                json.WriteNull("whitening_order");
            }

            Write(json, "alarms", run.Alarms);
            Write(json, "warnings", run.Warnings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<long> rows)
    {
        json.WriteStartArray(name);
        foreach (long row in rows)
        {
            json.WriteNumberValue(row);
        }

        json.WriteEndArray();
    }

    private static string Kinds()
    {
        StringBuilder text = new("detectors, with their parameters (default; range):\n");
        foreach (DetectorKind kind in DetectorKinds.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {kind.Name,-14} {kind.Summary}\n");
            foreach (DetectorParameter each in kind.Parameters)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {each.Name,-18} {each.Meaning} ({each.Shown(each.Default)}; {each.Range})\n");
            }
        }

        return text.ToString().TrimEnd();
    }
}
