using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>Makes links to a real broker. This one is over libmosquitto (<c>Bindings=native</c>).</summary>
public static class MqttLink
{
    /// <summary>Name and version of the MQTT library in use, such as "libmosquitto 2.0.11".</summary>
    /// <exception cref="LinkUnavailableException">The library is not installed.</exception>
    public static string Library => LibMosquitto.Load();

    /// <summary>Makes a link; it connects once started.</summary>
    /// <param name="time">Clock of the waits between tries.</param>
    /// <param name="random">Jitter of those waits. Used by the link's thread only.</param>
    /// <exception cref="LinkUnavailableException">The library is not installed.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists all of them.</exception>
    public static ILink Create(LinkOptions options, TimeProvider time, Random random) =>
        new MosquittoLink(options, time, random);
}
