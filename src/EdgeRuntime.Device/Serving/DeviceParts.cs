using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>What a <see cref="DeviceAgent"/> is made of; a simulated device replaces clock, sensors, disk and link.</summary>
internal sealed record DeviceParts
{
    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads retries.</summary>
    public required Random Random { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What the link's and the loader's threads tell.</summary>
    public required Mailbox Mailbox { get; init; }

    /// <summary>The broker; not started.</summary>
    public required ILink Link { get; init; }

    /// <summary>The state directory.</summary>
    public required IDisk Disk { get; init; }

    /// <summary>Where captures are kept: encrypted where the device is told to be; null for <see cref="Disk"/>.</summary>
    public IDisk? CaptureDisk { get; init; }

    /// <summary>Key of the hash of private categories in captures; null where the device has none.</summary>
    public byte[]? PrivacyKey { get; init; }

    /// <summary>What packages are encrypted for, or null where there is no key.</summary>
    public HpkePrivateKey? Recipient { get; init; }

    /// <summary>One for each of <see cref="Configuration.DeviceConfiguration.Sensors"/>, in their order.</summary>
    public required IReadOnlyList<FrameSource> Sensors { get; init; }

    /// <summary>Checks and loads packages.</summary>
    public required PackageVerification Verification { get; init; }

    /// <summary>Cores, scheduling and memory of the threads.</summary>
    public required ThreadPlacement Placement { get; init; }

    /// <summary>Boot, sequence and time of messages.</summary>
    public required MessageStamp Stamp { get; init; }

    /// <summary>Versions of the libraries, by name.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>The configuration file, read again when the device is asked to; null when it came from elsewhere.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>Where the supervisor listens; owned by the agent.</summary>
    public required NotifySocket Notify { get; init; }

    /// <summary>Remembers how the processes before ended; this start is counted already.</summary>
    public required StartLedger Starts { get; init; }

    /// <summary>The line of packages that bring this very program; null where the device takes none.</summary>
    public RuntimeHost? Runtime { get; init; }

    /// <summary>WatchdogSec, or null when nobody watches.</summary>
    public TimeSpan? WatchdogInterval { get; init; }
}
