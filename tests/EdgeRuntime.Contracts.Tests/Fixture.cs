using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Xunit;

namespace EdgeRuntime.Contracts.Tests;

/// <summary>Files of Fixtures/valid and Fixtures/invalid; beside each invalid one stand the lines its mistakes must print.</summary>
internal static class Fixture
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    /// <summary>
    /// The platform's reader by reflection. The generated one does not know the defaults of members that are absent.
    /// </summary>
    public static JsonSerializerOptions Reflection { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Names, without folder, of the JSON files whose names begin with <paramref name="prefix"/>.</summary>
    public static TheoryData<string> Named(string folder, string prefix)
    {
        TheoryData<string> names = [];
        foreach (string file in System.IO.Directory.GetFiles(Path.Combine(Directory, folder), $"{prefix}*.json").Order())
        {
            names.Add(Path.GetFileName(file));
        }

        return names;
    }

    public static byte[] Bytes(string folder, string name) => File.ReadAllBytes(Path.Combine(Directory, folder, name));

    /// <summary>Compares lines with the .expected file. With EDGE_ACCEPT set it writes that file instead, for review by eye.</summary>
    public static void AssertExpected(string name, IEnumerable<string> lines, [CallerFilePath] string test = "")
    {
        string actual = string.Join('\n', lines) + "\n";
        string expected = Path.ChangeExtension(name, ".expected");
        if (Environment.GetEnvironmentVariable("EDGE_ACCEPT") is { Length: > 0 })
        {
            string project = Path.GetDirectoryName(Path.GetDirectoryName(test))!;
            File.WriteAllText(Path.Combine(project, "Fixtures", "invalid", expected), actual);
            return;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(Directory, "invalid", expected)), actual);
    }
}
