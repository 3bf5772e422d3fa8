using System.Security.Cryptography;

namespace EdgeRuntime.Fuzz;

/// <summary>An input that made a parser do what it must not.</summary>
/// <param name="Target">Which parser.</param>
/// <param name="Kind"><c>exception</c>, <c>hang</c>, <c>memory</c>, <c>promise</c> or <c>crash</c>.</param>
/// <param name="What">What happened, one line.</param>
internal sealed record Finding(string Target, string Kind, string What)
{
    /// <summary>Saves the input under a name made of its contents.</summary>
    /// <returns>Where it is.</returns>
    public string Save(string output, ReadOnlySpan<byte> input)
    {
        string path = Path.Combine(output, "findings", $"{Target}-{Kind}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>One line for people, with how to see it again.</summary>
    public string Line(string path) => $"{Target}: {Kind}: {What}; see it again: tools/fuzz --target {Target} --input {path}";
}

/// <summary>A parser broke what its own documentation says of its result.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what);
