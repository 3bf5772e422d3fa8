using System.Security.Cryptography;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The package that a device's configuration brings for one line, read and checked when it is needed.
/// </summary>
internal sealed class ConfiguredPackage(PackageLine line, PackageVerification verification)
{
    /// <summary>Why there is none to use though the configuration names one, as a sentence, or null.</summary>
    public string? Objection { get; private set; }

    /// <summary>
    /// Reads the archive's bytes; null when there are none (then <see cref="Objection"/> may say why).
    /// </summary>
    public byte[]? ReadBytes()
    {
        try
        {
            Objection = null;
            return line.Configured();
        }
        catch (IOException failed)
        {
            Objection = $"the configured package cannot be read: {failed.Message}";
            return null;
        }
    }

    /// <summary>
    /// Checks signature, form and fit of an archive; null when it is not one for this line (<see cref="Objection"/>
    /// says why).
    /// </summary>
    public PackageArchive? Check(byte[] archive)
    {
        try
        {
            return verification.Read(archive, line.Site);
        }
        catch (PackageRejectedException refused)
        {
            Objection = $"the configured package is not used: {refused.Detail}";
            return null;
        }
    }

    /// <summary>What would put it on its way; null where there is none to use, or it is the active one already.</summary>
    /// <param name="archive">The archive that the event is about.</param>
    public ActivationEvent.Configured? Offer(LineState state, out byte[]? archive)
    {
        archive = ReadBytes();
        return archive is null || state.Active?.ArchiveSha256 == HashOf(archive) || Check(archive) is not PackageArchive package
            ? null
            : new ActivationEvent.Configured(OrderFor(package, state.Generation), package.Manifest.ReleaseCounter);
    }

    /// <summary>The order that puts it on its way, as if the fleet had given it.</summary>
    private static UpdateOrder OrderFor(PackageArchive package, long generation) => new()
    {
        Deployment = UpdateOrder.ConfiguredDeployment,
        Generation = generation,
        Digest = package.Id,
        Version = package.Manifest.Version,
        ArchiveSha256 = HashOf(package.Bytes.Span),
        Size = package.Bytes.Length,
        ChunkBytes = package.Bytes.Length,
        Configured = true,
    };

    /// <summary>SHA-256 of an archive, lowercase hex.</summary>
    private static string HashOf(ReadOnlySpan<byte> archive) => Convert.ToHexStringLower(SHA256.HashData(archive));
}
