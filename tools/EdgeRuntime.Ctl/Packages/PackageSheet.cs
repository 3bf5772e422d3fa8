using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>A package on a page, for people.</summary>
internal sealed class PackageSheet(PackageArchive package, IReadOnlyList<VerifyingKey> trusted, Surroundings around)
{
    private readonly PackageManifest _manifest = package.Manifest;

    /// <summary>Prints it.</summary>
    public void Print()
    {
        string name = around.Bold($"{_manifest.Name} {_manifest.Version}");
        around.Output.WriteLine($"{name}  release {_manifest.ReleaseCounter}  {_manifest.Description}");
        Row("id", package.Id.ToString());
        PrintSignatures();
        PrintDemands();
        switch (package)
        {
            case ModelPackage model:
                new ModelSheet(model, around, Row).Print();
                break;
            case ConfigurationPackage configuration:
                PrintConfiguration(configuration);
                break;
        }

        PrintFiles();
    }

    private void PrintSignatures()
    {
        IReadOnlyList<string> signers = InspectCommand.Signers(package, trusted);
        if (package.Signature is null)
        {
            Row("signed", around.Red("by nobody; devices refuse it"));
            return;
        }

        foreach (string keyid in package.Signature.Signatures.Select(signature => signature.Keyid))
        {
            string judgement = trusted.Count == 0 ? "not checked; name a key with --trust"
                : signers.Contains(keyid) ? around.Green("trusted")
                : around.Red("not one of the keys given");
            Row("signed", $"by {(package.Signature.IsDevelopment ? "the development key " : "")}{keyid}  {judgement}");
        }
    }

    private void PrintDemands()
    {
        RequirementSpec? requires = _manifest.Requires;
        string[] demands =
        [
            .. requires?.Architectures is { } architectures ? [$"a processor {string.Join(" or ", architectures)}"] : Array.Empty<string>(),
            .. requires?.InstructionSets is { } sets ? [string.Join(", ", sets)] : Array.Empty<string>(),
            .. requires?.MemoryMb is double memory ? [Invariant($"{memory} MiB")] : Array.Empty<string>(),
            .. requires?.MinOnnxruntime is { } oldest ? [$"ONNX Runtime {oldest} or newer"] : Array.Empty<string>(),
            .. requires?.MaxOnnxruntime is { } newest ? [$"ONNX Runtime {newest} or older"] : Array.Empty<string>(),
            .. requires?.RateTolerance is double tolerance ? [Invariant($"the rate within {tolerance:0.#%}")] : Array.Empty<string>(),
        ];
        if (demands.Length > 0)
        {
            Row("requires", string.Join("; ", demands));
        }
    }

    private void PrintConfiguration(ConfigurationPackage configuration)
    {
        JsonValue overlay = ConfigurationOverlay.Read(configuration.Overlay.Span, new Mistakes())!;
        Row("config", $"in place of the device's own {string.Join(", ", overlay.Members.Select(member => member.Name))}");
        ConfigurationSoakSpec soak = configuration.Manifest.Soak ?? new ConfigurationSoakSpec();
        Row("soak", Invariant($"{soak.Seconds} s, dropped <= {soak.MaxDroppedShare:0.##%}"));
    }

    private void PrintFiles()
    {
        Row("archive", Invariant($"{package.Bytes.Length} bytes"));
        foreach (PackageFile file in package.Files)
        {
            string hash = _manifest.Files.FirstOrDefault(known => known.Path == file.Path)?.Sha256[..12] ?? "";
            Row("file", Invariant($"{file.Content.Length,9}  {hash,-12}  {file.Path}"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Row(string name, string value) => around.Output.WriteLine($"  {around.Faint(name.PadRight(9))} {value}");
}
