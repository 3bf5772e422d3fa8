using System.Globalization;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>diff</c>: in what two packages differ.</summary>
internal static class DiffCommand
{
    public const string Usage = """
        usage: edgectl diff A B

        Compares two packages: members of the manifest (pipeline and decisions among them), files with their sizes, and in
        the models the operators and every constant: how many values changed, and by how much. Signatures are not compared.
        The exit code is 0 when they are the same release, 1 when they differ.
        """;

    public const string Example = "edgectl diff vitals-1.edgepkg vitals-2.edgepkg";

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, [], []);
        IReadOnlyList<string> files = read.RequiredFiles("A", "B");
        read.Check();
        PackageArchive a = Read(files[0]);
        PackageArchive b = Read(files[1]);
        around.Output.WriteLine($"a  {Named(a)}");
        around.Output.WriteLine($"b  {Named(b)}");
        if (a.Id == b.Id)
        {
            around.Output.WriteLine("they are the same release");
            return ExitCode.Done;
        }

        Print("manifest", PackageDifference.OfManifests(a, b), around);
        Print("files", PackageDifference.OfFiles(a, b), around);
        switch (a, b)
        {
            case (ModelPackage left, ModelPackage right):
                Print("models", PackageDifference.OfModels(left, right), around);
                break;
            case (ConfigurationPackage left, ConfigurationPackage right):
                Print("configurations", PackageDifference.OfConfigurations(left, right), around);
                break;
        }

        return ExitCode.Refused;
    }

    private static string Named(PackageArchive package) => string.Create(
        CultureInfo.InvariantCulture,
        $"{package.Manifest.Name} {package.Manifest.Version}, release {package.Manifest.ReleaseCounter}, {package.Bytes.Length} bytes, {package.Id.Short}");

    private static void Print(string heading, IEnumerable<string> lines, Surroundings around)
    {
        string[] all = [.. lines];
        around.Output.WriteLine();
        around.Output.WriteLine(around.Bold(heading));
        foreach (string line in all.Length > 0 ? all : ["the same"])
        {
            around.Output.WriteLine($"  {Table.Plain(line)}");
        }
    }

    private static PackageArchive Read(string path)
    {
        try
        {
            return PackageArchive.ReadUnverified(Files.Read(path, new PackageLimits().Bytes));
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"{path}: {line}")]);
        }
    }
}
