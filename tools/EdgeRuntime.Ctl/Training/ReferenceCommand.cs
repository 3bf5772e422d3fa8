using System.Globalization;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>reference</c>: makes a package's yardstick for drift from the windows it was trained on.</summary>
internal static class ReferenceCommand
{
    public const string Usage = """
        usage: edgectl reference MANIFEST FEATURES.csv [RECORDING...] --output reference.json [--bins N] [--window-samples N]
                                 [--rate HZ] [--columns LIST] [--map LIST]

        Makes the reference profile of a package from what 'edgectl features' (without --scaled) wrote of the training
        recordings: for each feature the bins between quantiles, with a bin at either end for what was never seen; how
        many of the rows count as independent; what chance alone makes of a window's index, by its size; and the smallest
        drift worth an alarm, 1.25 times the largest that a stretch of the training itself shows. Of a classification the
        share of each label: by the column 'prediction' where there is one, else by 'label'. Of a regression or
        reconstruction the bins of the column 'prediction'.
        With 'label' and 'prediction' it says how right the model is, so that devices estimate that without labels; with
        'score', the probability of the positive label, by calibrated probabilities too ('edgectl features --answers').
        Take rows that the model was not trained on for this.
        Where the manifest has monitoring.online, also what that detector needs of each feature, calibrated on these rows;
        where its monitoring.drift wants the test wasserstein, the sketch and the thresholds that the device holds windows
        against. Where the model lies beside MANIFEST and its input is these features, also what matters to some answers.
        With RECORDINGs, those of the features or others, also how the channels behave frame by frame, and how frames
        follow each other: by that devices tell sensors that are stuck, clipped, swapped or told in another unit.
        'edgectl profile' makes the same of recordings alone, without what the model says.
          --bins             bins between the smallest and the largest value (default: 10; 2 to 62)
          --window-samples   neighbouring windows judged together (default: as many as a device looks back on)
          --rate, --columns, --map   of the RECORDINGs, as of 'edgectl features'
        """;

    public const string Example = """
        edgectl features models/vitals-2/manifest.json training/*.csv --output features.csv
        edgectl reference models/vitals-2/manifest.json features.csv training/*.csv --output models/vitals-2/reference.json
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output", "--bins", "--window-samples", .. RecordingWords.Options], []);
        string output = read.Required("--output");
        IReadOnlyList<string> files = read.Files.Count > 2 ? read.Files : read.RequiredFiles("MANIFEST", "FEATURES.csv");
        RecordingFiles recordings = RecordingWords.Of(read, [.. files.Skip(2)]);
        read.Mistakes.AddRange(RecordingWords.Options.Where(option => recordings.Paths.Count == 0 && read.Has(option))
            .Select(option => $"{option} is of recordings: give some behind FEATURES.csv"));
        ulong bins = read.Whole("--bins", 10);
        if (bins is < 2 or > 62)
        {
            read.Mistakes.Add($"--bins {bins}: is outside 2 to 62");
        }

        ulong window = read.Whole("--window-samples", 0);
        if (window > 1_000_000 || (window == 0 && read.Has("--window-samples")))
        {
            read.Mistakes.Add($"--window-samples {window}: is outside 1 to 1000000");
        }

        read.Check();
        ModelManifest manifest = PackageReference.Manifest(files[0]);
        FeatureTable table = FeatureTable.Read(files[1], manifest.Pipeline.ValueNames());
        (ReferenceProfile profile, int samples) = PackageReference.Of(manifest, table, (int)bins, (int)window, files[1]);
        profile = profile with { Attributions = AttributionSampling.Of(files[0], manifest, profile, table) };
        if (recordings.Paths.Count > 0)
        {
            profile = GatheredFrames.Of(manifest, recordings.Apart()).AddedTo(profile);
        }

        PackageReference.Write(profile, manifest, output);
        string worth = profile.EffectiveRows.ToString("0", CultureInfo.InvariantCulture);
        around.Output.WriteLine($"{output}: {profile.Features.Count} features, {profile.Rows} rows worth {worth}, "
            + $"calibrated on stretches of {samples} windows"
            + (profile.Channels is { Count: > 0 } channels ? $"; {channels.Count} channels" : "")
            + (profile.Attributions is { } asked ? $"; {asked.Samples} answers explained" : ""));
        return ExitCode.Done;
    }
}
