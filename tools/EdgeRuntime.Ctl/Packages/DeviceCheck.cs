using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>Exactly what a device does before it switches, with a sensor that has just what the manifest wants.</summary>
internal static class DeviceCheck
{
    /// <summary>Verifies a package with a model, loads it and asks it the golden vectors.</summary>
    /// <exception cref="PackageRejectedException">A device would refuse it.</exception>
    public static void Run(ReadOnlyMemory<byte> archive, IReadOnlyList<VerifyingKey> trusted, OnnxEnvironment environment)
    {
        PackageVerification verification = new(trusted, environment.Load, environment.Version, new RunnerOptions(), new PackageLimits());
        ModelManifest manifest = PackageArchive.ReadUnverified(archive).AsModel().Manifest;
        using LoadedModel model = verification.Verify(archive, SiteOf(manifest), _ => null);
    }

    /// <summary>As <see cref="Run"/>, of a package that nobody signed yet.</summary>
    /// <exception cref="PackageRejectedException">A device would refuse it, whoever signed it.</exception>
    public static void RunUnsigned(ReadOnlyMemory<byte> archive, OnnxEnvironment environment)
    {
        using SigningKey anyone = SigningKey.Create();
        Run(PackageWriter.Sign(PackageArchive.ReadUnverified(archive), anyone), [anyone.Public], environment);
    }

    /// <summary>A sensor as the package wants it.</summary>
    public static ModelSite SiteOf(ModelManifest manifest) => new()
    {
        Name = manifest.Name,
        Channels = [.. manifest.Channels.Select(channel => new Channel(channel.Name, channel.Unit))],
        Image = manifest.Pipeline.Image is { } image
            ? new ImageFormat(
                Math.Max(image.Width, (image.Crop?.Left + image.Crop?.Width) ?? 0),
                Math.Max(image.Height, (image.Crop?.Top + image.Crop?.Height) ?? 0), PixelFormat.Rgb24)
            : null,
        RateHz = manifest.Pipeline.RateHz,
    };
}
