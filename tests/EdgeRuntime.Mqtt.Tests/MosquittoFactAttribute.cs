using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>A test against a real broker; skipped, with the reason, where mosquitto is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MosquittoFactAttribute : FactAttribute
{
    public MosquittoFactAttribute()
    {
        if (Mosquitto.Program is null)
        {
            Skip = "this needs a real broker, and mosquitto is not installed here; tools/test installs it";
        }
    }
}
