using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>What a <see cref="DeviceLink"/> heard.</summary>
internal abstract record Heard
{
    private Heard()
    {
    }

    /// <summary>The broker is there, for the first time or again.</summary>
    public sealed record Connected : Heard;

    /// <summary>The broker is gone, or was not reached.</summary>
    public sealed record Disconnected(string Reason) : Heard;

    /// <summary>The broker does not let us do something that the command cannot do without.</summary>
    public sealed record Refused(string Reason) : Heard;

    /// <summary>A message of a device: <paramref name="Rest"/> is what follows <c>up/</c>, or <c>down/</c> where
    /// <paramref name="Up"/> is false. <paramref name="Kept"/>: the broker had kept it, and it may be old.</summary>
    public sealed record Message(DeviceId Device, bool Up, string Rest, byte[] Payload, bool Kept) : Heard;

    /// <summary>A fleet manager's word about itself.</summary>
    public sealed record Manager(string Instance, byte[] Payload) : Heard;
}
