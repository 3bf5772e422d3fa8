using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Monitoring.Profiling;
using EdgeRuntime.Ctl.Training;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>profile</c>: how data look that a model was made for, as a yardstick for devices and as a page for people.</summary>
internal static class ProfileCommand
{
    public const string Usage = """
        usage: edgectl profile DATA... [--manifest MANIFEST [--output reference.json]] [--html FILE] [--json]
                               [--bins N] [--window-samples N] [--rate HZ] [--columns LIST] [--map LIST]

        Says of every column how it is distributed, how its rows hang together, what is missing, and what looks suspicious.
        With a package's manifest DATA are recordings, which go through its pipeline, or what 'edgectl features' made of
        them; then the reference profile of the package is made, the yardstick of devices for drift and for sensors that
        are stuck, clipped, swapped or told in another unit. Every threshold is calibrated here; devices only compare.
        Where it is known what the model said of them, 'edgectl reference' tells how right it is, too.
          DATA              CSV or .npy; of a package also .wav, or a folder of pictures
          --manifest        manifest.json of the package or of its source
          --output          where the reference profile is written
          --html            where the page is written: one file with plots, without scripts and without the network
          --json            prints one object: tables (title, rows, findings, columns, correlations)
          --bins            bins between the smallest and the largest value (default: 10; 2 to 62)
          --window-samples  neighbouring windows judged together (default: as many as a device looks back on)
          --rate, --columns, --map   as of 'edgectl features'
        """;

    public const string Example = """
        edgectl profile training.csv --html profile.html
        edgectl profile training/*.csv --manifest my-model/manifest.json --output my-model/reference.json --html profile.html
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(
            words, ["--manifest", "--output", "--html", "--bins", "--window-samples", .. RecordingWords.Options], ["--json"]);
        RecordingFiles recordings = RecordingWords.Of(read, read.Files);
        ulong bins = read.Whole("--bins", 10);
        ulong window = read.Whole("--window-samples", 0);
        Check(read, bins, window);
        List<ProfiledTable> tables = [];
        ReferenceProfile? profile = null;
        if (read.Text("--manifest") is { } path)
        {
            ModelManifest manifest = PackageReference.Manifest(path);
            profile = OfPackage(manifest, recordings, (int)bins, (int)window, tables);
            if (read.Text("--output") is { } output)
            {
                PackageReference.Write(profile, manifest, output);
            }
        }
        else
        {
            tables.Add(TableColumns.Read(read.Files));
        }

        TableProfile[] profiles = [.. tables.Where(table => table.Columns.Count > 0).Select(TableProfile.Of)];
        if (read.Text("--html") is { } page)
        {
            Files.Write(page, ProfilePage.Of(string.Join(", ", read.Files.Select(Path.GetFileName)), profiles));
        }

        if (read.Has("--json"))
        {
            around.Output.WriteLine(ProfileJson.Of(profiles));
        }
        else
        {
            ProfileSheet.Print(profiles, profile, [.. new[] { read.Text("--output"), read.Text("--html") }.OfType<string>()], around);
        }

        return ExitCode.Done;
    }

    private static void Check(Words read, ulong bins, ulong window)
    {
        if (read.Files.Count == 0)
        {
            read.Mistakes.Add("DATA is missing");
        }

        if (bins is < 2 or > 62)
        {
            read.Mistakes.Add($"--bins {bins}: is outside 2 to 62");
        }

        if (window > 1_000_000 || (window == 0 && read.Has("--window-samples")))
        {
            read.Mistakes.Add($"--window-samples {window}: is outside 1 to 1000000");
        }

        if (!read.Has("--manifest"))
        {
            foreach (string option in (IEnumerable<string>)["--output", "--bins", "--window-samples", .. RecordingWords.Options])
            {
                if (read.Has(option))
                {
                    read.Mistakes.Add($"{option} is of a package: give its --manifest too");
                }
            }
        }

        read.Check();
    }

    private static ReferenceProfile OfPackage(ModelManifest manifest, RecordingFiles files, int bins, int windowSamples, List<ProfiledTable> tables)
    {
        IReadOnlyList<string> names = manifest.Pipeline.ValueNames();
        if (files.Paths.Count == 1 && FeatureTable.Has(files.Paths[0], names))
        {
            FeatureTable table = FeatureTable.Read(files.Paths[0], names);
            tables.Add(new ProfiledTable("features", [.. Columns(names, table), .. Predictions(manifest, table)], table.Recordings, []));
            return PackageReference.Of(manifest, table, bins, windowSamples, files.Paths[0]).Profile;
        }

        GatheredFrames frames = GatheredFrames.Of(manifest, files.Apart());
        FeatureTable features = frames.Features;
        tables.Add(new ProfiledTable("channels", Channels(manifest, frames), frames.Recordings, frames.UnixMs));
        tables.Add(new ProfiledTable("features", Columns(names, features), features.Recordings, []));
        return frames.AddedTo(PackageReference.Of(manifest, features, bins, windowSamples, files.Name).Profile);
    }

    private static ProfiledColumn[] Columns(IReadOnlyList<string> names, FeatureTable table) =>
        [.. names.Select((name, i) => new ProfiledColumn(name, null, [.. table.Rows.Select(row => row[i])]))];

    private static ProfiledColumn[] Channels(ModelManifest manifest, GatheredFrames frames) =>
    [
        .. manifest.Channels.Zip(frames.Channels, (channel, values) => new ProfiledColumn(channel.Name, channel.Unit, values)
        {
            Categories = channel.IsCategory() ? new Dictionary<double, string>() : null,
        }),
    ];

    private static ProfiledColumn[] Predictions(ModelManifest manifest, FeatureTable table) =>
        table.Predictions.Count == 0 ? []
        : manifest.Output.HasLabels() ? [ProfiledColumn.Of("prediction", table.Predictions)]
        : [new ProfiledColumn("prediction", null, [.. table.Predictions.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN)])];
}
