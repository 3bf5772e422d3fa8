using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using EdgeRuntime.Contracts.Json;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed partial class PackageDocumentTests
{
    [Fact]
    public void The_document_of_packages_lists_exactly_the_members_that_programs_write()
    {
        Dictionary<Type, string> written = [];
        foreach (JsonTypeInfo root in (JsonTypeInfo[])[WireJson.Default.ModelManifest, WireJson.Default.ConfigurationManifest, WireJson.Default.RuntimeManifest, WireJson.Default.GoldenVectors, WireJson.Default.ReferenceProfile])
        {
            Collect(root.Type, written);
        }

        HashSet<string> described = [.. Sections()];

        Assert.Equal([], written.Where(type => !described.Contains(type.Value)).Select(type => $"{type.Key.Name}: {type.Value}"));
        Assert.Equal([], described.Except(written.Values));
    }

    private static void Collect(Type type, Dictionary<Type, string> written)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType)
        {
            Collect(type.GetGenericArguments()[^1], written);
            return;
        }

        if (type.Namespace != "EdgeRuntime.Contracts.Packages" || written.ContainsKey(type))
        {
            return;
        }

        JsonPropertyInfo[] members = [.. WireJson.Default.GetTypeInfo(type)!.Properties];
        written.Add(type, string.Join(' ', members.Select(member => member.Name).Order(StringComparer.Ordinal)));
        foreach (JsonPropertyInfo member in members)
        {
            Collect(member.PropertyType, written);
        }
    }

    // A section is a heading and a table whose first cells are the members.
    private static IEnumerable<string> Sections()
    {
        string[] parts = Document().Split("\n## ")[1..];
        return parts.Select(part => string.Join(' ', Member().Matches(part).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)));
    }

    private static string Document([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../tools/EdgeRuntime.Ctl/PACKAGE.md"));

    [GeneratedRegex("^\\| `([a-z0-9_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Member();
}
