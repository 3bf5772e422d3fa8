namespace EdgeRuntime.Mqtt;

/// <summary>The MQTT library is missing or unusable on this machine; the message says what to install.</summary>
public sealed class LinkUnavailableException(string sentence) : Exception(sentence);
