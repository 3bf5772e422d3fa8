using EdgeRuntime.Contracts.Links;
using MQTTnet;

namespace EdgeRuntime.Mqtt;

/// <summary>Makes links to a real broker. This one is over the package MQTTnet (<c>Bindings=nuget</c>).</summary>
public static class MqttLink
{
    /// <summary>Name and version of the MQTT library in use, such as "MQTTnet 5.2.0".</summary>
    public static string Library { get; } =
        $"MQTTnet {typeof(MqttClientFactory).Assembly.GetName().Version?.ToString(3) ?? "of an unknown version"}";

    /// <summary>Makes a link; it connects once started.</summary>
    /// <param name="time">Clock of the waits between tries.</param>
    /// <param name="random">Jitter of those waits. Used by the link's thread only.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists all of them.</exception>
    public static ILink Create(LinkOptions options, TimeProvider time, Random random) =>
        new MqttNetLink(options, time, random);
}
