using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Turns the bytes of an archive into a package that can be put to use, or into one sentence that says why not. Nothing else in the
/// program does, so nothing unverified is ever used.
/// </summary>
/// <remarks>
/// From cheap to dear: signature, hashes and form; name, kind, demands, counter; then what the kind needs, see
/// <see cref="ModelVerification"/>. May take seconds: not for the sample path. Thread-safe.
/// </remarks>
/// <param name="releaseKeys">Keys of which one must have signed.</param>
/// <param name="loader">Loads a model.</param>
/// <param name="runtimeVersion">Version of ONNX Runtime behind <paramref name="loader"/>, or null when it has
/// none.</param>
/// <param name="options">How models are run.</param>
/// <param name="limits">Bounds of an archive.</param>
/// <param name="time">Measures variants. (default: the system's)</param>
/// <param name="memory">Remembers which variant was the fastest; null to measure every time.</param>
/// <param name="prover">Runs a candidate where it can do no harm before it is loaded here; null to load it at once.</param>
/// <param name="facts">What this device is; null where it is not the one that a package is for, and its demands are not judged.</param>
public sealed class PackageVerification(
    IReadOnlyList<VerifyingKey> releaseKeys,
    ModelLoader loader,
    string? runtimeVersion,
    RunnerOptions options,
    PackageLimits limits,
    TimeProvider? time = null,
    VariantMemory? memory = null,
    PackageProver? prover = null,
    DeviceFacts? facts = null)
{
    private readonly ModelVerification _models = new(loader, runtimeVersion, options, time ?? TimeProvider.System, memory, prover);

    /// <summary>Bytes of the largest archive of a line.</summary>
    public long LargestArchive(PackageSite site) => site.LargestArchive ?? limits.Bytes;

    /// <summary>Everything in which this device is not what a package demands; empty when it is.</summary>
    public IReadOnlyList<string> Objections(RequirementSpec? required) => facts?.Objections(required) ?? [];

    /// <summary>Reads a package and checks what can be told without loading what it holds.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <exception cref="PackageRejectedException">It is not a package for this line that a release key
    /// signed.</exception>
    public PackageArchive Read(ReadOnlyMemory<byte> archive, PackageSite site) => Read(archive, site, isTrusted: false);

    /// <summary>Verifies a package and loads what it holds.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <param name="counterObjection">Why the package may not be installed by its release counter, or null; see
    /// <see cref="LineState.CounterObjection"/>.</param>
    /// <param name="isTrusted">True for a package that was proved and committed here before: a start must be fast.</param>
    /// <exception cref="PackageRejectedException">Anything at all is wrong.</exception>
    /// <exception cref="ProverException">It could not be proved, through no fault of its own.</exception>
    public LoadedPackage Verify(
        ReadOnlyMemory<byte> archive, PackageSite site, Func<long, string?> counterObjection, bool isTrusted = false)
    {
        PackageArchive package = Read(archive, site, isTrusted);
        if (counterObjection(package.Manifest.ReleaseCounter) is { } objection)
        {
            throw Refuse(package, PackageFault.CounterTooLow, [objection]);
        }

        return package switch
        {
            ModelPackage model => _models.Load(model, isTrusted),
            ConfigurationPackage configuration => new LoadedConfiguration(configuration),
            RuntimePackage runtime when site is RuntimeSite own => Load(runtime, own, isTrusted),
            _ => throw NotOf(package, site),
        };
    }

    /// <summary>Verifies and loads a model, as <see cref="Verify(ReadOnlyMemory{byte}, PackageSite, Func{long, string?}, bool)"/>.</summary>
    public LoadedModel Verify(
        ReadOnlyMemory<byte> archive, ModelSite site, Func<long, string?> counterObjection, bool isTrusted = false) =>
        (LoadedModel)Verify(archive, (PackageSite)site, counterObjection, isTrusted);

    private static LoadedRuntime Load(RuntimePackage package, RuntimeSite site, bool isTrusted)
    {
        ProofReport? proof = isTrusted ? null : site.Prove(package);
        return proof?.Refusal is string refusal ? throw Refuse(package, proof.Fault, [refusal]) : new LoadedRuntime(package);
    }

    // What was in use here before is not asked for its demands again: with a newer runtime it may meet them no more, and a verified
    // model always answers.
    private PackageArchive Read(ReadOnlyMemory<byte> archive, PackageSite site, bool isTrusted)
    {
        PackageArchive package = PackageArchive.Read(archive, releaseKeys, limits with { Bytes = LargestArchive(site) });
        PackageManifest manifest = package.Manifest;
        if (manifest.KindName() != site.Kind)
        {
            throw NotOf(package, site);
        }

        if (manifest.Name != site.Name)
        {
            throw Refuse(package, PackageFault.WrongPackage, [$"it is for the {site.Kind} '{manifest.Name}', not '{site.Name}'"]);
        }

        if (!isTrusted && Objections(manifest.Requires) is { Count: > 0 } objections)
        {
            throw Refuse(package, PackageFault.IncompatibleRuntime, objections);
        }

        switch (package, site)
        {
            case (ModelPackage model, ModelSite sensor):
                _models.RequireFit(model, sensor);
                break;
            case (ConfigurationPackage configuration, ConfigurationSite own) when own.Objections(configuration.Overlay) is { Count: > 0 } mistakes:
                throw Refuse(package, PackageFault.IncompatibleConfiguration, mistakes);
        }

        return package;
    }

    private static PackageRejectedException NotOf(PackageArchive package, PackageSite site) => Refuse(
        package, PackageFault.WrongPackage, [$"it is of the kind {package.Manifest.KindName()}, and '{site.Name}' is of the kind {site.Kind}"]);

    internal static PackageRejectedException Refuse(
        PackageArchive package, PackageFault fault, IReadOnlyList<string> lines)
    {
        string detail = lines.Count == 1 ? lines[0] : $"{lines[0]}; and {lines.Count - 1} more";
        return new PackageRejectedException(package.Id, fault, detail) { Lines = lines };
    }
}
