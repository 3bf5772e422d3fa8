namespace EdgeRuntime.Contracts.Messages;

/// <summary>What a device is made of.</summary>
/// <remarks>Topic <c>{id}/up/info</c>, QoS 1, retained; sent after every connection and when it changed.</remarks>
public sealed record InfoMessage : DeviceMessage
{
    /// <summary>The machine.</summary>
    public required HardwareInfo Hardware { get; init; }

    /// <summary>Operating system and kernel, as the machine names them.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>This program's version, framework and way of compilation, such as <c>0.1.0 net9.0 native</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>The configuration package in force; null for the owner's file alone.</summary>
    public PackageLabel? Configuration { get; init; }

    /// <summary>The package whose program this is; null for the installed one.</summary>
    public PackageLabel? Program { get; init; }

    /// <summary>Versions of the libraries in use, by name, such as <c>onnxruntime</c>.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Name of the device profile.</summary>
    public required string Profile { get; init; }

    /// <summary>The public key that packages are encrypted with for this device, base64 in JSON; null where it has none.</summary>
    public byte[]? EncryptionKey { get; init; }

    /// <summary>Group, site and whatever else the owner wrote in the configuration.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>One entry for each model the configuration names.</summary>
    public IReadOnlyList<SensorInfo> Sensors { get; init => field = value ?? []; } = [];

    /// <summary>What became of the real-time settings of the profile.</summary>
    public IReadOnlyList<RealTimeSetting> RealTime { get; init => field = value ?? []; } = [];
}

/// <summary>The machine a device runs on.</summary>
/// <param name="Architecture">.NET's name, such as <c>x64</c> or <c>arm64</c>.</param>
/// <param name="Cpu">Model name of the processor, or empty where the kernel does not tell.</param>
/// <param name="Cores">Logical cores this process may use; at least 1.</param>
/// <param name="MemoryBytes">Memory this process may use.</param>
public sealed record HardwareInfo(string Architecture, string Cpu, int Cores, long MemoryBytes);

/// <summary>What feeds one model.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Driver">Kind of sensor, such as <c>vitals</c>.</param>
/// <param name="RateHz">Frames per second.</param>
/// <param name="Channels">Names of the sensor's channels, in its order.</param>
public sealed record SensorInfo(string Model, string Driver, double RateHz, IReadOnlyList<string> Channels)
{
    /// <summary>Names of the sensor's channels, in its order; empty where a sender leaves them out.</summary>
    public IReadOnlyList<string> Channels { get; init => field = value ?? []; } = Channels ?? [];
}
