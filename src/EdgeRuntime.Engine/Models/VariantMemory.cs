using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Remembers which variant of a model was the fastest here, so that a start need not measure again. Everything in it may
/// be deleted at any time.
/// </summary>
/// <remarks>
/// One small file for each set of variants, found by the hashes of their files and by <paramref name="platform"/>. What it
/// says is checked against the package; a file that says something else is no answer. At most <see cref="MostFiles"/>.
/// </remarks>
/// <param name="disk">The device's store.</param>
/// <param name="platform">Library version, processor features and settings: a change makes everything be measured again.</param>
public sealed class VariantMemory(IDisk disk, string platform)
{
    /// <summary>Most choices kept; an arbitrary one goes when there is one more.</summary>
    public const int MostFiles = 64;

    private const string Directory = "cache/variants";
    private const string Heading = "edge-variants 1";
    private const int LongestFile = 4096;

    /// <summary>The choice for a package's variants, or null when there is none that fits.</summary>
    public VariantChoice? Find(ModelManifest manifest)
    {
        try
        {
            return DurableFiles.ReadAll(disk, PathOf(manifest), LongestFile) is { } bytes
                ? Parse(Encoding.UTF8.GetString(bytes), manifest.Model.Variants ?? [])
                : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Keeps a choice. A disk that takes it not costs a measurement at the next start and nothing else.</summary>
    public void Keep(ModelManifest manifest, VariantChoice choice)
    {
        StringBuilder text = new();
        text.Append(Heading).Append('\n').Append(choice.Name).Append('\n');
        foreach (VariantFigure figure in choice.Figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Microseconds ?? -1:R}\n");
        }

        try
        {
            disk.CreateDirectory(Directory);
            IReadOnlyList<string> names = disk.List(Directory);
            for (int i = 0; i + MostFiles <= names.Count; i++)
            {
                disk.Delete($"{Directory}/{names[i]}");
            }

            DurableFiles.WriteAtomically(disk, PathOf(manifest), Encoding.UTF8.GetBytes(text.ToString()));
        }
        catch (IOException)
        {
            // Measured again next time.
        }
    }

    private static VariantChoice? Parse(string text, IReadOnlyList<VariantSpec> variants)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length != variants.Count + 2 || lines[0] != Heading)
        {
            return null;
        }

        VariantFigure[] figures = new VariantFigure[variants.Count];
        for (int i = 0; i < figures.Length; i++)
        {
            string[] words = lines[i + 2].Split(' ');
            if (words.Length != 2 || words[0] != variants[i].Name
                || !double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double microseconds))
            {
                return null;
            }

            figures[i] = microseconds < 0
                ? new VariantFigure(words[0], null, "refused at an earlier start")
                : new VariantFigure(words[0], microseconds, null);
        }

        VariantFigure? chosen = Array.Find(figures, figure => figure.Name == lines[1]);
        return chosen?.Microseconds is null ? null : new VariantChoice(chosen.Name, figures, Remembered: true);
    }

    private string PathOf(ModelManifest manifest)
    {
        StringBuilder key = new(platform);
        foreach (VariantSpec variant in manifest.Model.Variants ?? [])
        {
            string hash = manifest.Files.First(file => file.Path == variant.File).Sha256;
            key.Append(CultureInfo.InvariantCulture, $"\n{variant.Name} {hash}");
        }

        return $"{Directory}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))}";
    }
}
