using System.Security.Cryptography;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Everything a device is told by files, checked together.</summary>
/// <param name="Configuration">The configuration file.</param>
/// <param name="Sha256">Hash of its bytes, as reported to the fleet.</param>
/// <param name="Source">What stands in it, under the package in force, to compare with a later one.</param>
/// <param name="Profile">The profile it names.</param>
/// <param name="ProfileSource">What stands in the profile and those it inherits from.</param>
/// <param name="ReleaseKeys">Signers of packages.</param>
/// <param name="DeployKeys">Signers of orders.</param>
internal sealed record Setup(
    DeviceConfiguration Configuration, string Sha256, JsonValue Source, DeviceProfile Profile, JsonValue ProfileSource, IReadOnlyList<VerifyingKey> ReleaseKeys,
    IReadOnlyList<VerifyingKey> DeployKeys)
{
    /// <summary>The TUF root that the device is born with, or null where none is configured.</summary>
    public byte[]? TrustRoot { get; init; }

    /// <summary>The configuration package in force, which <see cref="Configuration"/> and <see cref="Source"/> are under; or null.</summary>
    public OverlayPackage? Overlay { get; init; }

    /// <summary>Reads the configuration, its profile and its keys with all their mistakes.</summary>
    /// <returns>Null when there was any; then <paramref name="mistakes"/> lists them.</returns>
    public static Setup? Load(string path, Mistakes mistakes)
    {
        if (ConfigurationReader.Load(path, mistakes) is not (DeviceConfiguration configuration, string sha256))
        {
            return null;
        }

        DeviceProfile? profile = DeviceProfile.Load(configuration.Profile, ProfileFiles.Directories(path), mistakes);
        List<VerifyingKey> release = Keys(configuration.Trust, configuration.Trust.ReleaseKeys, mistakes);
        List<VerifyingKey> deploy = Keys(configuration.Trust, configuration.Trust.DeployKeys, mistakes);
        byte[]? root = configuration.Trust.Root is string file ? RootOf(file, mistakes) : null;
        JsonValue? source = SourceOf(path, sha256, mistakes);
        if (profile is not null && source is not null)
        {
            configuration = ActionReader.Settle(configuration, profile, source, mistakes);
        }

        return profile is null || source is null || mistakes.Any
            ? null
            : new Setup(configuration, sha256, source, profile, DeviceProfile.Source(configuration.Profile, ProfileFiles.Directories(path), mistakes)!, release, deploy)
            {
                TrustRoot = root,
            };
    }

    /// <summary>Reads the same under a configuration package. The file must be good without it too: it is what an undo leads back to.</summary>
    /// <param name="overlay">Null for the file alone.</param>
    public static Setup? Load(string path, OverlayPackage? overlay, Mistakes mistakes)
    {
        Setup? own = Load(path, mistakes);
        if (own is null || overlay is null)
        {
            return own;
        }

        if (ConfigurationOverlay.Read(overlay.Bytes.Span, mistakes) is not JsonValue laid)
        {
            return null;
        }

        JsonValue merged = ConfigurationOverlay.Over(laid, own.Source);
        if (ConfigurationReader.Read(merged, path, mistakes) is not DeviceConfiguration configuration)
        {
            return null;
        }

        foreach (string member in ConfigurationChanges.Between(own.Source, merged).NeedRestart)
        {
            mistakes.AddFile(ConfigurationOverlay.FileName, $"{member}: is only read at start, where no trial could judge it; no package can change it");
        }

        configuration = ActionReader.Settle(configuration, own.Profile, merged, mistakes);
        return mistakes.Any ? null : own with { Configuration = configuration, Source = merged, Overlay = overlay };
    }

    /// <summary>Reads the package that the configuration names for a model; null when it names none.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger than the profile allows.</exception>
    public byte[]? ReadPackage(ModelConfiguration model)
    {
        if (model.Package is not string path)
        {
            return null;
        }

        long size = new FileInfo(path).Length;
        return size <= Profile.PackageBytesMax
            ? File.ReadAllBytes(path)
            : throw new IOException($"{path} has {size} bytes; the profile allows {Profile.PackageBytesMax}");
    }

    private static JsonValue? SourceOf(string path, string sha256, Mistakes mistakes)
    {
        if (JsonFile.Bytes(path, mistakes) is not byte[] bytes)
        {
            return null;
        }

        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sha256)
        {
            mistakes.AddFile(path, "was written while it was read; read it again");
            return null;
        }

        return JsonFile.Parse(bytes, path, mistakes);
    }

    // A root that nobody could ever follow would else be found out in the field, by an update that never comes.
    private static byte[]? RootOf(string file, Mistakes mistakes)
    {
        int limit = new TufLimits().RootBytes;
        byte[]? bytes = JsonFile.Bytes(file, mistakes, new JsonLimits(limit));
        if (bytes is not null && TufReader.Read<TufRoot>(bytes, file, mistakes, limit) is { Signed: TufRoot root } read
            && read.Lacks(root.Roles["root"], root.Keys) is string lacking)
        {
            mistakes.AddFile(file, $"has {lacking}");
        }

        return bytes;
    }

    private static List<VerifyingKey> Keys(TrustConfiguration trust, IReadOnlyList<string> files, Mistakes mistakes)
    {
        List<VerifyingKey> keys = [];
        foreach (string file in files)
        {
            try
            {
                keys.AddRange(VerifyingKey.Load(file, trust.Development));
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                mistakes.AddFile(file, e.Message);
            }
        }

        return keys;
    }
}
