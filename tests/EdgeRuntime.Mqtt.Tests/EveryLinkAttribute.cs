using System.Reflection;
using Xunit.Sdk;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>Runs a test once for each kind of link; without an installed mosquitto for the one in memory alone.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryLinkAttribute : DataAttribute
{
    public const string InMemory = "in memory";
    public const string OverMosquitto = "over mosquitto";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Mosquitto.Program is null ? [[InMemory]] : [[InMemory], [OverMosquitto]];
}
