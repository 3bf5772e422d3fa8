using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Device.Configuration;

/// <summary>A configuration package that is laid over the device's own file.</summary>
/// <param name="Name">Name of its line.</param>
/// <param name="Bytes">Its <c>configuration.json</c>.</param>
internal sealed record OverlayPackage(string Name, string Version, ModelId Digest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>As people name it.</summary>
    public string Label => $"{Name} {Version}";
}
