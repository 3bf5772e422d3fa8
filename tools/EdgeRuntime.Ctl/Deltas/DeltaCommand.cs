using System.Text.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Ctl.Fleet;

namespace EdgeRuntime.Ctl.Deltas;

/// <summary>The verb <c>delta</c>: shows what one package costs where another one is, and writes the smallest way.</summary>
internal static class DeltaCommand
{
    public const string Usage = """
        usage: edgectl delta OLD NEW [--output FILE] [--json]

        Makes three ways from one package to another: the whole, compressed; a patch of whatever moved; and one that takes
        8-bit weights of the same name and shape as differences. The smallest is chosen; 'edgectl push --from OLD' sends it.
        """;

    public const string Example = "edgectl delta vitals-1.edgepkg vitals-2.edgepkg";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output"], ["--json"]);
        IReadOnlyList<string> files = read.RequiredFiles("OLD", "NEW");
        read.Check();
        PackageArchive old = Open(files[0]);
        PackageArchive target = Open(files[1]);
        IReadOnlyList<DeltaCandidate> candidates = DeltaCandidates.Of(old.Bytes, target.Bytes, TensorPairs.Of(old, target));
        if (read.Text("--output") is string output)
        {
            Files.Write(output, candidates[0].Bytes);
        }

        if (read.Has("--json"))
        {
            Print(candidates, target, around);
            return ExitCode.Done;
        }

        Table table = new("way", "bytes", "of the archive");
        table.Add("the archive", Shown.Count(target.Bytes.Length), "100.0 %");
        foreach (DeltaCandidate candidate in candidates)
        {
            string share = Shown.Number(100.0 * candidate.Bytes.Length / target.Bytes.Length, "0.0");
            table.Add(candidate.Kind.ToString().ToLowerInvariant(), Shown.Count(candidate.Bytes.Length), $"{share} %");
        }

        table.Print(around);
        return ExitCode.Done;
    }

    /// <summary>Reads a package whoever signed it.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static PackageArchive Open(string path)
    {
        byte[] archive = Files.Read(path, new PackageLimits().Bytes);
        try
        {
            return PackageArchive.ReadUnverified(archive);
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }
    }

    private static void Print(IReadOnlyList<DeltaCandidate> candidates, PackageArchive target, Surroundings around)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("archive", target.Bytes.Length);
            foreach (DeltaCandidate candidate in candidates)
            {
                json.WriteNumber(candidate.Kind.ToString().ToLowerInvariant(), candidate.Bytes.Length);
            }

            json.WriteEndObject();
        }

        around.Output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
