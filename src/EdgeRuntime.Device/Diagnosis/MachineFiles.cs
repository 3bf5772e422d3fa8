namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The kernel's files about this machine, below a root so that those of another can be looked at.</summary>
/// <param name="root"><c>/</c> for this machine.</param>
internal sealed class MachineFiles(string root = "/")
{
    /// <summary>The text of a file without blanks and zeros at its ends, or null when it is not there or may not be read.</summary>
    public string? Text(string path)
    {
        try
        {
            string full = Full(path);
            return File.Exists(full) ? File.ReadAllText(full).Trim().Trim('\0') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A whole number that is all of a file, or null.</summary>
    public long? Number(string path) => long.TryParse(Text(path), System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>The value after <c>name:</c> in a file of such lines, or null.</summary>
    public string? Value(string path, string name)
    {
        foreach (string line in (Text(path) ?? "").Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name))
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return null;
    }

    /// <summary>The values after every <c>name:</c> in such a file, in order.</summary>
    public IReadOnlyList<string> Values(string path, string name) =>
    [
        .. (Text(path) ?? "").Split('\n')
            .Select(line => (Line: line, Colon: line.IndexOf(':', StringComparison.Ordinal)))
            .Where(line => line.Colon > 0 && line.Line.AsSpan(0, line.Colon).Trim().SequenceEqual(name))
            .Select(line => line.Line[(line.Colon + 1)..].Trim()),
    ];

    /// <summary>Entries of a directory whose names begin so, as paths from the root, in order; none when it is not there.</summary>
    public IReadOnlyList<string> Entries(string directory, string beginning)
    {
        try
        {
            string full = Full(directory);
            return Directory.Exists(full)
                ? [.. Directory.EnumerateFileSystemEntries(full, $"{beginning}*").Select(entry => $"{directory}/{Path.GetFileName(entry)}")
                    .Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether a file or directory is there.</summary>
    public bool Has(string path) => Path.Exists(Full(path));

    /// <summary>Name of the board: the device tree's, else the firmware's, else empty.</summary>
    public string Board() => Text("proc/device-tree/model") ?? Text("sys/class/dmi/id/product_name") ?? "";

    private string Full(string path) => Path.Combine(root, path);
}
