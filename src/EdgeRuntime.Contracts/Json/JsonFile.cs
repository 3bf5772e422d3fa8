namespace EdgeRuntime.Contracts.Json;

/// <summary>Bounds of a file that a person or a tool wrote.</summary>
/// <param name="Bytes">Largest file read.</param>
/// <param name="Depth">Deepest nesting of arrays and objects.</param>
public sealed record JsonLimits(long Bytes = 1024 * 1024, int Depth = 32);

/// <summary>
/// The one reader of every JSON file people write (device configuration, device profile, package manifest). It knows
/// the line and column of everything and finds all mistakes at once instead of stopping at the first.
/// </summary>
/// <remarks>
/// Strict JSON (RFC 8259): no comments, no trailing commas, no name twice in an object. A syntax error is one mistake.
/// <example>
/// A record is filled by a function that asks for its members; whatever it did not ask for is an unknown member.
/// <code>
/// Mistakes mistakes = new();
/// EdgeConfiguration? configuration = JsonFile.Load("edge.json", mistakes, root => new EdgeConfiguration
/// {
///     Device = root.RequiredString("device"),
///     Period = TimeSpan.FromSeconds(root.Double("report_seconds", 10, min: 1, max: 3600)),
///     Link = root.RequiredObject("link", link => new LinkConfiguration
///     {
///         Host = link.RequiredString("host"),
///         Port = link.Int("port", 1883, min: 1, max: 65535),
///         Tls = link.Choice("tls", "off", ["off", "on"]) == "on",
///     }),
///     Models = root.RequiredObjects("models", ReadModel, min: 1, max: 8),
/// });
/// if (mistakes.Any)
/// {
///     foreach (string line in mistakes.Lines())
///     {
///         Console.Error.WriteLine(line); // edge.json:12:7: models[0].sensor.rate_hz: 900 is outside 0.2 to 50
///     }
///
///     return 78;
/// }
/// </code>
/// </example>
/// </remarks>
public static class JsonFile
{
    private static readonly JsonLimits Ordinary = new();

    /// <summary>Reads a file and fills a record from it.</summary>
    /// <param name="path">Where it is; also the name mistakes carry, unless <paramref name="name"/> is given.</param>
    /// <param name="read">Fills the record from the file's object; not called when the file cannot be parsed.</param>
    /// <returns>The record, or null when there was any mistake in this file; a null always comes with one.</returns>
    public static T? Load<T>(
        string path,
        Mistakes mistakes,
        Func<JsonObjectReader, T> read,
        JsonLimits? limits = null,
        string? name = null)
        where T : class
    {
        byte[]? utf8 = Bytes(path, mistakes, limits, name);
        return utf8 is null ? null : Read(utf8, name ?? path, mistakes, read, limits);
    }

    /// <summary>Fills a record from bytes in memory; as <see cref="Load"/>.</summary>
    public static T? Read<T>(
        ReadOnlySpan<byte> utf8,
        string name,
        Mistakes mistakes,
        Func<JsonObjectReader, T> read,
        JsonLimits? limits = null)
        where T : class
    {
        int before = mistakes.Found;
        JsonValue? root = Parse(utf8, name, mistakes, limits);
        T? value = root is null ? null : JsonObjectReader.Read(root, "", mistakes, read);
        return mistakes.Found == before ? value : null;
    }

    /// <summary>Reads a file's bytes; null, with one mistake, when it is absent, unreadable or too large.</summary>
    public static byte[]? Bytes(string path, Mistakes mistakes, JsonLimits? limits = null, string? name = null)
    {
        limits ??= Ordinary;
        name ??= path;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > limits.Bytes)
            {
                mistakes.AddFile(name, TooLarge(file.Length, limits));
                return null;
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            mistakes.AddFile(name, "there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            bool directory = Directory.Exists(path);
            mistakes.AddFile(name, directory ? "is a directory, not a file" : "may not be read by this user");
        }
        catch (IOException e)
        {
            mistakes.AddFile(name, $"cannot be read: {e.Message}");
        }

        return null;
    }

    /// <summary>Parses a whole file into values that know their place.</summary>
    /// <returns>The root, or null, with one mistake, when the syntax is wrong or a bound is passed.</returns>
    public static JsonValue? Parse(ReadOnlySpan<byte> utf8, string name, Mistakes mistakes, JsonLimits? limits = null)
    {
        limits ??= Ordinary;
        if (utf8.Length > limits.Bytes)
        {
            mistakes.AddFile(name, TooLarge(utf8.Length, limits));
            return null;
        }

        return new JsonParser(utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, name, mistakes, limits.Depth).Parse();
    }

    private static string TooLarge(long bytes, JsonLimits limits) =>
        $"has {bytes} bytes, more than the {limits.Bytes} that are read";
}
