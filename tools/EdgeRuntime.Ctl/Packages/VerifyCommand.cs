using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>The verb <c>verify</c>: everything that a device would check of a package, one line for each check.</summary>
internal static class VerifyCommand
{
    public const string Usage = """
        usage: edgectl verify PACKAGE --key PUB... [--root ROOT --metadata DIR] [--hardware ID]... [--floor COUNTER]
                              [--here] [--no-run] [--library PATH]

        Checks offline all that a device would, and says of each check whether it passed, or which attack it prevented.
          --key        a public key that devices trust; one of them must have signed
          --root       a TUF root that devices were born with; --metadata is the directory of the repository's metadata.
                       They must vouch for the package as NAME-VERSION.edgepkg
          --hardware   what the device calls itself, for the metadata's hardware ids
          --floor      lowest release counter that the device still installs
          --here       judges the manifest's 'requires' by this machine
          --no-run     does not load the model
        The exit code is 65 when a device would refuse it.
        """;

    public const string Example = """
        edgectl verify vitals-2.edgepkg --key keys/release.pub.pem
        edgectl verify vitals-2.edgepkg --key keys/release.pub.pem --root keys/root.json --metadata repo/metadata
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--key", "--root", "--metadata", "--hardware", "--floor", "--library"], ["--here", "--no-run"]);
        string path = read.RequiredFiles("PACKAGE")[0];
        read.Required("--key");
        if (read.Has("--root") != read.Has("--metadata"))
        {
            read.Mistakes.Add(read.Has("--root") ? "--root needs --metadata, the directory that a repository is in" : "--metadata needs --root, what devices were born with");
        }

        read.Check();
        IReadOnlyList<VerifyingKey> trusted = Keys.Public(read.All("--key"));
        byte[] archive = Files.Read(path, new PackageLimits().Bytes);
        VerificationSheet sheet = new(around);
        PackageArchive? package = ReadArchive(archive, trusted, sheet);
        if (package is not null)
        {
            long? floor = read.Has("--floor") ? (long)Math.Min(read.Whole("--floor", 0), long.MaxValue) : null;
            read.Check();
            CheckRelease(package, archive, read, floor, sheet, around);
            CheckDemands(package, read.Has("--here"), read.Text("--library"), sheet);
            if (package is ModelPackage)
            {
                CheckModel(archive, trusted, read, sheet);
            }
            else
            {
                sheet.Skip("fit", "the device that it is for holds it against its own file");
            }
        }

        return sheet.Conclude(path) ? ExitCode.Done : ExitCode.Data;
    }

    // In the order in which a device looks: nothing that a signature covers is parsed before it is checked.
    private static PackageArchive? ReadArchive(byte[] archive, IReadOnlyList<VerifyingKey> trusted, VerificationSheet sheet)
    {
        (string Check, string Attack, PackageFault[] Faults)[] stages =
        [
            ("form", "hidden bytes, or an archive without end", [PackageFault.Truncated, PackageFault.MalformedArchive, PackageFault.TooLarge]),
            ("signature", "arbitrary software", [PackageFault.Unsigned, PackageFault.UntrustedSignature, PackageFault.DevelopmentSignature]),
            ("manifest", "a manifest that means something else to another program", [PackageFault.MalformedManifest, PackageFault.NewerSchema]),
            ("files", "tampering", [PackageFault.HashMismatch, PackageFault.MissingFile, PackageFault.ExtraFile]),
            ("contents", "contents that do not belong to it", [PackageFault.MalformedContent]),
        ];
        PackageArchive? package = null;
        PackageRejectedException? refused = null;
        try
        {
            package = PackageArchive.Read(archive, trusted);
        }
        catch (PackageRejectedException e)
        {
            refused = e;
        }

        int failed = refused is null ? stages.Length : Array.FindIndex(stages, stage => stage.Faults.Contains(refused.Fault));
        for (int i = 0; i < stages.Length; i++)
        {
            if (i == failed)
            {
                sheet.Fail(stages[i].Check, refused!.Lines, stages[i].Attack);
                return null;
            }

            sheet.Pass(stages[i].Check, Passed(stages[i].Check, archive, package, trusted));
        }

        return package;
    }

    private static string Passed(string check, byte[] archive, PackageArchive? package, IReadOnlyList<VerifyingKey> trusted) => check switch
    {
        "form" => $"{archive.Length} bytes in the one form that packages have",
        "signature" when package is not null =>
            $"by {string.Join(", ", package.Signers.Select(id => id[..12]))}{(package.Signature?.IsDevelopment == true ? ", a development key; production devices refuse it" : "")}",
        "signature" => $"by one of the {trusted.Count} keys given",
        "manifest" when package is not null => $"{package.Manifest.Name} {package.Manifest.Version}, release {package.Manifest.ReleaseCounter}",
        "files" when package is not null => $"{package.Manifest.Files.Count} files hash to what is signed",
        "contents" when package is ModelPackage model => $"{model.Golden.Vectors.Count} golden vectors{(model.Profile is null ? "" : ", a reference for drift")}",
        "contents" when package is ConfigurationPackage => "a configuration that leaves alone what is the device's own",
        _ => "as it should be",
    };

    private static void CheckRelease(
        PackageArchive package, byte[] archive, Words read, long? floor, VerificationSheet sheet, Surroundings around)
    {
        if (floor is long lowest && package.Manifest.ReleaseCounter < lowest)
        {
            sheet.Fail("counter", [$"release counter {package.Manifest.ReleaseCounter} is below the floor, {lowest}"], "rollback to an older release");
        }
        else
        {
            sheet.Pass("counter", floor is null ? $"{package.Manifest.ReleaseCounter}; --floor holds it against a device's" : $"{package.Manifest.ReleaseCounter}, at or above {floor}");
        }

        if (read.Text("--root") is not string root)
        {
            sheet.Skip("metadata", "no --root given; a device with one also asks TUF metadata");
            return;
        }

        MetadataCheck check = new(root, read.Required("--metadata"), around.Time);
        if (check.Objection(package, archive, read.All("--hardware"), floor, out string said, out string attack) is { } lines)
        {
            sheet.Fail("metadata", lines, attack);
        }
        else
        {
            sheet.Pass("metadata", said);
        }
    }

    private static void CheckDemands(PackageArchive package, bool here, string? library, VerificationSheet sheet)
    {
        if (package.Manifest.Requires is not { } required)
        {
            sheet.Pass("demands", package is ModelPackage ? "none but its channels" : "none");
            return;
        }

        if (!here)
        {
            sheet.Skip("demands", "--here judges 'requires' by this machine");
            return;
        }

        string? version = null;
        try
        {
            version = OnnxEnvironment.Open(library).Version;
        }
        catch (ModelLoadException)
        {
            // Without the library there is no version of it, which is then said.
        }

        DeviceFacts facts = new(
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), CpuFeatures.Names,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024), version);
        IReadOnlyList<string> objections = facts.Objections(required);
        if (objections.Count > 0)
        {
            sheet.Fail("demands", objections, "wrong software for this hardware");
        }
        else
        {
            sheet.Pass("demands", "this machine meets them");
        }
    }

    private static void CheckModel(byte[] archive, IReadOnlyList<VerifyingKey> trusted, Words read, VerificationSheet sheet)
    {
        if (read.Has("--no-run"))
        {
            sheet.Skip("model", "not run");
            return;
        }

        try
        {
            DeviceCheck.Run(archive, trusted, OnnxEnvironment.Open(read.Text("--library")));
            sheet.Pass("model", "loads, and answers the golden vectors rightly");
        }
        catch (ModelLoadException missing)
        {
            sheet.Skip("model", missing.Message);
        }
        catch (PackageRejectedException refused)
        {
            sheet.Fail("model", refused.Lines, "a model that does not load, or answers otherwise than it was released with");
        }
    }
}
