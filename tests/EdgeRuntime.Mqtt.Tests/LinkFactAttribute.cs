using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>A test of the link against a broker of our own; skipped, with the reason, where the link's library is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Ask);

    /// <summary>Asks for the library once.</summary>
    public LinkFactAttribute() => Skip = Missing.Value;

    private static string? Ask()
    {
        try
        {
            _ = MqttLink.Library;
            return null;
        }
        catch (LinkUnavailableException missing)
        {
            return missing.Message;
        }
    }
}
