using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>Checks and loads one package; slow, so it runs away from the agent's thread.</summary>
/// <remarks>
/// <see cref="Run"/> touches nothing but the disk and the job; the job belongs to one thread at a time.
/// </remarks>
public sealed class VerificationJob
{
    private readonly Func<byte[]> _read;
    private readonly PackageVerification _verification;
    private readonly PackageSite _site;
    private readonly ModelId _expected;
    private readonly Func<long, string?> _counterObjection;
    private readonly bool _isTrusted;

    private VerificationJob(
        JobPurpose purpose,
        Func<byte[]> read,
        PackageVerification verification,
        PackageSite site,
        ModelId expected,
        Func<long, string?> counterObjection,
        bool isTrusted)
    {
        Purpose = purpose;
        _read = read;
        _verification = verification;
        _site = site;
        _expected = expected;
        _counterObjection = counterObjection;
        _isTrusted = isTrusted;
    }

    /// <summary>Name of the line.</summary>
    public string Line => _site.Name;

    internal JobPurpose Purpose { get; }

    internal ModelId Expected => _expected;

    /// <summary>The loaded package, or null when it was refused.</summary>
    internal LoadedPackage? Loaded { get; private set; }

    /// <summary>SHA-256 of the archive, lowercase hex; empty before it was read.</summary>
    internal string ArchiveSha256 { get; private set; } = "";

    /// <summary>Bytes of the archive.</summary>
    internal long Size { get; private set; }

    /// <summary>Why it was refused, as a sentence, or null.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Whether the same bytes would be refused again.</summary>
    internal bool PackageAtFault { get; private set; }

    /// <summary>Whether what it found is about the package of an order.</summary>
    internal bool IsAbout(UpdateOrder order) =>
        order.Digest == _expected && (ArchiveSha256.Length == 0 || order.ArchiveSha256 == ArchiveSha256);

    /// <summary>The package that it loaded, as a slot is to hold it.</summary>
    internal StoredPackage Stored(PackageManifest manifest) =>
        new(_expected, manifest.Version, manifest.ReleaseCounter, ArchiveSha256, Size) { Floor = manifest.Floor ?? 0 };

    /// <summary>What a job of <see cref="UpdateAgent.Copy"/> loaded, which is the caller's from now on; null when it was refused.</summary>
    /// <param name="refusal">Why, as a sentence.</param>
    public LoadedPackage? TakeLoaded(out string refusal)
    {
        refusal = Refusal ?? "";
        LoadedPackage? loaded = Loaded;
        Loaded = null;
        return loaded;
    }

    /// <summary>Does the work. Does not throw for anything a package or a disk can do.</summary>
    public void Run()
    {
        try
        {
            byte[] archive = _read();
            ArchiveSha256 = Convert.ToHexStringLower(SHA256.HashData(archive));
            Size = archive.Length;
            LoadedPackage loaded = _verification.Verify(archive, _site, _counterObjection, _isTrusted);
            if (loaded.Digest == _expected)
            {
                Loaded = loaded;
                return;
            }

            loaded.Dispose();
            Refuse($"the package is {loaded.Digest.Short}, not {_expected.Short} as expected", atFault: true);
        }
        catch (PackageRejectedException refused)
        {
            Refuse(refused.Detail, atFault: true);
        }
        catch (InvalidDataException damaged)
        {
            Refuse(damaged.Message, atFault: true);
        }
        catch (ProverException unproved)
        {
            Refuse(unproved.Message, atFault: false);
        }
        catch (IOException failed)
        {
            Refuse($"the package cannot be read: {failed.Message}", atFault: false);
        }
    }

    /// <summary>A package that stands on the disk, of which the hash is known.</summary>
    /// <param name="isTrusted">Whether it was committed here before, so that it need not be proved again.</param>
    internal static VerificationJob OfFile(
        JobPurpose purpose,
        IDisk disk,
        string path,
        StoredPackage expected,
        PackageVerification verification,
        PackageSite site,
        Func<long, string?> counterObjection,
        bool isTrusted) =>
        new(purpose, () => ReadExactly(disk, path, expected), verification, site, expected.Digest, counterObjection, isTrusted);

    /// <summary>A package that stands in memory.</summary>
    internal static VerificationJob OfBytes(
        JobPurpose purpose, byte[] archive, ModelId expected, PackageVerification verification, PackageSite site) =>
        new(purpose, () => archive, verification, site, expected, _ => null, isTrusted: false);

    private static byte[] ReadExactly(IDisk disk, string path, StoredPackage expected)
    {
        byte[] archive = DurableFiles.ReadPatiently(disk, path, expected.Size) ?? throw new InvalidDataException($"{path} is missing");
        bool isIt = archive.Length == expected.Size
            && Convert.ToHexStringLower(SHA256.HashData(archive)) == expected.ArchiveSha256;
        return isIt ? archive : throw new InvalidDataException($"{path} does not have the hash of its archive");
    }

    private void Refuse(string sentence, bool atFault)
    {
        Refusal = sentence;
        PackageAtFault = atFault;
    }
}

/// <summary>What a loaded package is for.</summary>
internal enum JobPurpose
{
    /// <summary>To be in use, as the trusted package of the slots.</summary>
    Active,

    /// <summary>To take its place, if all goes well.</summary>
    Candidate,

    /// <summary>To answer from memory, because the disk takes nothing.</summary>
    Fallback,

    /// <summary>To be asked beside the one that answers, by whoever wanted it.</summary>
    Copy,
}
