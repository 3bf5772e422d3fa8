namespace EdgeRuntime.Ctl.Training;

/// <summary>The options by which verbs are told how recordings are to be read for a package.</summary>
internal static class RecordingWords
{
    /// <summary>Those with a value.</summary>
    public static string[] Options { get; } = ["--rate", "--columns", "--map"];

    /// <summary>Reads them; mistakes are noted in the words.</summary>
    /// <param name="paths">Of the recordings.</param>
    public static RecordingFiles Of(Words read, IReadOnlyList<string> paths, bool together = false)
    {
        Dictionary<string, string> mapping = [];
        foreach (string pair in List(read, "--map"))
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !mapping.TryAdd(pair[..at], pair[(at + 1)..]))
            {
                read.Mistakes.Add($"--map {pair}: give each channel once, as its name in the package, '=', its name in the recording");
            }
        }

        return new RecordingFiles(paths, read.Number("--rate", 0.0), List(read, "--columns"), together) { Mapping = mapping };
    }

    private static string[] List(Words read, string option) =>
        (read.Text(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
