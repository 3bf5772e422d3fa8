using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>In what two packages differ: members of the manifest, files, in models the operators and every constant, in configurations the members.</summary>
internal static class PackageDifference
{
    private const int LongestValue = 60;

    /// <summary>Members of the manifests that differ; hashes and sizes of files are told with the files.</summary>
    public static IEnumerable<string> OfManifests(PackageArchive a, PackageArchive b) => OfMembers(a.ManifestBytes, b.ManifestBytes);

    /// <summary>Members of the configurations that differ.</summary>
    public static IEnumerable<string> OfConfigurations(ConfigurationPackage a, ConfigurationPackage b) => OfMembers(a.Overlay, b.Overlay);

    private static IEnumerable<string> OfMembers(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        Dictionary<string, string> left = Flat(a.Span);
        Dictionary<string, string> right = Flat(b.Span);
        foreach (string pointer in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            string? before = left.GetValueOrDefault(pointer);
            string? after = right.GetValueOrDefault(pointer);
            if (before != after)
            {
                yield return $"{pointer}: {Shown(before)} -> {Shown(after)}";
            }
        }
    }

    /// <summary>Files that differ, with their sizes.</summary>
    public static IEnumerable<string> OfFiles(PackageArchive a, PackageArchive b)
    {
        Dictionary<string, ManifestFile> left = a.Manifest.Files.ToDictionary(file => file.Path);
        Dictionary<string, ManifestFile> right = b.Manifest.Files.ToDictionary(file => file.Path);
        foreach (string path in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            ManifestFile? before = left.GetValueOrDefault(path);
            ManifestFile? after = right.GetValueOrDefault(path);
            if (before?.Sha256 != after?.Sha256)
            {
                yield return before is null ? $"{path}: new, {after!.Size} bytes"
                    : after is null ? $"{path}: gone, {before.Size} bytes"
                    : $"{path}: {before.Size} -> {after.Size} bytes";
            }
        }
    }

    /// <summary>What differs in the models that both have: operators, and of each constant how many values and by how much.</summary>
    public static IEnumerable<string> OfModels(ModelPackage a, ModelPackage b)
    {
        foreach (string path in a.Manifest.Model.Files().Intersect(b.Manifest.Model.Files()))
        {
            ReadOnlyMemory<byte> left = a.Find(path).GetValueOrDefault();
            ReadOnlyMemory<byte> right = b.Find(path).GetValueOrDefault();
            if (left.Span.SequenceEqual(right.Span))
            {
                continue;
            }

            if (OnnxFile.TryParse(left) is not { } before || OnnxFile.TryParse(right) is not { } after)
            {
                yield return $"{path}: is no ONNX model in one of them";
                continue;
            }

            foreach (string line in OfModels(before, after))
            {
                yield return $"{path}: {line}";
            }
        }
    }

    private static IEnumerable<string> OfModels(OnnxFile before, OnnxFile after)
    {
        foreach (string op in before.Nodes.Concat(after.Nodes).Select(node => node.Op).Distinct().Order(StringComparer.Ordinal))
        {
            int left = before.Nodes.Count(node => node.Op == op);
            int right = after.Nodes.Count(node => node.Op == op);
            if (left != right)
            {
                yield return $"{left} -> {right} operators {op}";
            }
        }

        int same = 0;
        foreach (string name in before.Constants.Keys.Union(after.Constants.Keys).Order(StringComparer.Ordinal))
        {
            if (!before.Constants.TryGetValue(name, out ReadOnlyMemory<byte> left))
            {
                yield return $"'{name}' is new";
            }
            else if (!after.Constants.TryGetValue(name, out ReadOnlyMemory<byte> right))
            {
                yield return $"'{name}' is gone";
            }
            else if (left.Span.SequenceEqual(right.Span))
            {
                same++;
            }
            else
            {
                yield return $"'{name}' {OfTensors(left, right)}";
            }
        }

        yield return $"{same} constants are the same";
    }

    private static string OfTensors(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        try
        {
            Tensor before = TensorProtoFile.Parse(left.Span);
            Tensor after = TensorProtoFile.Parse(right.Span);
            if (before.Element != after.Element || !before.Shape.SequenceEqual(after.Shape))
            {
                return $"{before.Element.Name()} {TensorElements.Spell(before.Shape)} -> {after.Element.Name()} {TensorElements.Spell(after.Shape)}";
            }

            double[] one = Starting.ArrayValues.Of(before);
            double[] two = Starting.ArrayValues.Of(after);
            int changed = one.Zip(two).Count(pair => !pair.First.Equals(pair.Second));
            double largest = one.Zip(two).Max(pair => Math.Abs(pair.First - pair.Second));
            double length = Math.Sqrt(one.Sum(value => value * value));
            double moved = Math.Sqrt(one.Zip(two).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Element.Name()} {TensorElements.Spell(before.Shape)}: {changed} of {one.Length} values changed, at most by {largest:G4}"
                    + $"{(length > 0 ? $", {moved / length:0.00%} of its length" : "")}");
        }
        catch (Exception e) when (e is TensorFileException or ArgumentException)
        {
            return $"changed ({e.Message})";
        }
    }

    private static Dictionary<string, string> Flat(ReadOnlySpan<byte> utf8)
    {
        Dictionary<string, string> flat = new(StringComparer.Ordinal);
        JsonValue root = JsonFile.Parse(utf8, ManifestReader.FileName, new Mistakes())!;
        foreach (JsonMember member in root.Members.Where(member => member.Name != "files"))
        {
            Flatten(member.Value, $"/{member.Name}", flat);
        }

        return flat;
    }

    private static void Flatten(JsonValue value, string pointer, Dictionary<string, string> flat)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                foreach (JsonMember member in value.Members)
                {
                    Flatten(member.Value, $"{pointer}/{member.Name}", flat);
                }

                break;
            case JsonKind.Array:
                for (int i = 0; i < value.Items.Count; i++)
                {
                    Flatten(value.Items[i], $"{pointer}/{i}", flat);
                }

                break;
            default:
                flat[pointer] = value.Kind == JsonKind.Text ? $"\"{value.Text}\"" : value.Text;
                break;
        }
    }

    private static string Shown(string? value) => value is null ? "(nothing)" : value.Length <= LongestValue ? value : value[..LongestValue] + "...";
}
