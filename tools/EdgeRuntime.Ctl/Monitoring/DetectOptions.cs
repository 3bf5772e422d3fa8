using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>What <c>edgectl detect</c> was asked for.</summary>
internal sealed record DetectOptions
{
    /// <summary>The kind of detector that is recommended.</summary>
    public const string Recommended = "page_hinkley";

    /// <summary>Rows of the reference when nothing is said: 15 of 100, and not more than these.</summary>
    public const int MostReferenceRows = 2000;

    private static readonly string[] Valued =
        ["--detector", "--param", "--column", "--reference", "--ert", "--effect", "--cooldown", "--seed"];

    /// <summary>The data.</summary>
    public required string File { get; init; }

    /// <summary>The kind of detector.</summary>
    public required DetectorKind Kind { get; init; }

    /// <summary>Its parameters, given or by default.</summary>
    public required DetectorSettings Settings { get; init; }

    /// <summary>The column that is watched; null for the only one of numbers.</summary>
    public string? Column { get; init; }

    /// <summary>Rows at the start that are the reference; 0 for none, null for as many as the file's length suggests.</summary>
    public int? ReferenceRows { get; init; }

    /// <summary>Watch the residuals of the reference's autoregressive model.</summary>
    public bool Whiten { get; init; }

    /// <summary>Wanted samples between false alarms, for which thresholds are calibrated; null for thresholds as they are given.</summary>
    public double? ExpectedRunSamples { get; init; }

    /// <summary>The smallest shift that is worth an alarm, in the reference's deviations; of calibration only.</summary>
    public double MinimumEffect { get; init; } = 1;

    /// <summary>An alarm not later than so many samples after the one before belongs to it.</summary>
    public long CoolDown { get; init; }

    /// <summary>Of calibration.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether the output is JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Reads the words after the verb.</summary>
    /// <exception cref="CommandException">There are mistakes; all are listed.</exception>
    public static DetectOptions Parse(IReadOnlyList<string> words)
    {
        Words read = Words.Parse(words, Valued, ["--whiten", "--json"]);
        string file = read.RequiredFiles("FILE")[0];
        string? named = read.Text("--detector");
        DetectorKind kind = DetectorKinds.Find(named ?? Recommended) ?? DetectorKinds.All[0];
        if (named is not null && DetectorKinds.Find(named) is null)
        {
            string[] known = [.. DetectorKinds.All.Select(each => each.Name)];
            read.Mistakes.Add($"--detector {named}: there is no such detector{Spelling.Hint(named, known)}; there are {string.Join(", ", known)}");
        }

        // Without a detector's name everything is as recommended; with one, the detector sees the values as they are.
        double? run = read.Number("--ert", named is null ? (double?)100_000 : null);
        KeyValuePair<string, string>[] given = [.. Given(read)];
        DetectOptions options = new()
        {
            File = file,
            Kind = kind,
            Settings = DetectorSettings.Read(kind, given, read.Mistakes),
            Column = read.Text("--column"),
            ReferenceRows = read.Has("--reference") ? (int)Math.Min(read.Whole("--reference", 0), int.MaxValue) : null,
            Whiten = read.Has("--whiten") || run is not null,
            ExpectedRunSamples = run,
            MinimumEffect = read.Number("--effect", 1),
            CoolDown = (long)Math.Min(read.Whole("--cooldown", 0), long.MaxValue / 4),
            Seed = (int)Math.Min(read.Whole("--seed", 1), 1_000_000),
            Json = read.Has("--json"),
        };
        options.CheckCalibration(given, read);
        read.Check();
        return options;
    }

    private static IEnumerable<KeyValuePair<string, string>> Given(Words read)
    {
        foreach (string word in read.All("--param"))
        {
            string[] parts = word.Split('=', 2);
            if (parts.Length == 2)
            {
                yield return KeyValuePair.Create(parts[0].Trim(), parts[1].Trim());
            }
            else
            {
                read.Mistakes.Add($"--param {word}: is not NAME=VALUE");
            }
        }
    }

    private void CheckCalibration(KeyValuePair<string, string>[] given, Words read)
    {
        if (read.Has("--effect") && ExpectedRunSamples is null)
        {
            read.Mistakes.Add("--effect: is of calibration; --ert N asks for one");
        }

        if (!(MinimumEffect > 0 && MinimumEffect <= 10))
        {
            read.Mistakes.Add($"--effect {MinimumEffect}: is outside 0 to 10 deviations");
        }

        if (ExpectedRunSamples is not { } run)
        {
            return;
        }

        if (!(run >= 100 && run <= 1e8))
        {
            read.Mistakes.Add($"--ert {run}: is outside 100 to 100000000 samples");
        }

        if (!Kind.IsCalibrated)
        {
            string[] able = [.. DetectorKinds.All.Where(each => each.IsCalibrated).Select(each => each.Name)];
            read.Mistakes.Add($"--ert: {Kind.Name} cannot be calibrated; {string.Join(", ", able)} can");
        }
        else if (given.Length > 0)
        {
            read.Mistakes.Add($"--param {given[0].Key}: calibration (--ert, or no --detector) works the parameters out; give one or the other");
        }
    }
}
