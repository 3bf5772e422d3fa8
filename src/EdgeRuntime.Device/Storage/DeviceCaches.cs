using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Storage;

/// <summary>What a device keeps to start faster, under <c>cache</c> of its state directory: all of it may be deleted.</summary>
internal static class DeviceCaches
{
    private const string MacKeyName = "cache-key";
    private const int KeyBytes = 32;

    /// <summary>The cache of optimized graphs, under a key of this device's own, made the first time.</summary>
    /// <param name="root">The state directory.</param>
    /// <param name="key">What graphs are encrypted under, or null where they are kept plain.</param>
    /// <param name="problem">Why there is none, in one sentence; null when there is one.</param>
    public static GraphCache? OfGraphs(IDisk disk, string root, DeviceKey? key, out string? problem)
    {
        try
        {
            problem = null;
            byte[] derived = new byte[KeyBytes];
            key?.DeriveKey("optimized graphs"u8, derived);
            return new GraphCache(
                Path.Combine(root, "cache", "graphs"), key is null ? IdentityFiles.FindOrMake(disk, root, MacKeyName) : derived, encrypts: key is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problem = $"optimized graphs are not kept: {e.Message}";
            return null;
        }
    }

    /// <summary>The memory of measured variants.</summary>
    /// <param name="version">Of ONNX Runtime.</param>
    /// <param name="options">How models are run here: other settings may make another variant the fastest.</param>
    public static VariantMemory OfVariants(IDisk disk, string version, RunnerOptions options)
    {
        string providers = string.Join(",", options.Providers.Select(provider =>
            $"{provider.Name}{{{string.Join(",", provider.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}}}"));
        return new VariantMemory(
            disk,
            $"onnxruntime {version} {OnnxEnvironment.Binding}\n{CpuFeatures.Text}\nthreads {options.IntraOpThreads} "
                + $"spinning {options.Spinning} arena {options.Arena} denormals {options.DenormalsAsZero} on {providers}");
    }
}
