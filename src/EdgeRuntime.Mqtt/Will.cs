using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>What a link leaves behind when it is lost.</summary>
internal static class Will
{
    private const int RetainNotSupported = 154;
    private const int QosNotSupported = 155;

    /// <summary>A broker that keeps no messages, or knows no QoS 1, refuses the whole connection over a will that asks
    /// for it. Better a lesser will than none.</summary>
    /// <param name="refusedFor">The CONNACK's reason code.</param>
    public static LinkMessage? Lessen(LinkMessage? will, int refusedFor) => refusedFor switch
    {
        RetainNotSupported => will is { } kept ? kept with { Retain = false } : null,
        QosNotSupported => will is { } sure ? sure with { Qos = 0 } : null,
        _ => will,
    };
}
