using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>One message of a device, on its way from the link's thread to the fleet's.</summary>
/// <param name="Device">Who sent it, by its topic.</param>
/// <param name="Class">First level after <c>up/</c>, such as <c>window</c>.</param>
/// <param name="Rest">What follows the class, such as the model's name; empty for none.</param>
/// <param name="Payload">Its bytes, a copy.</param>
/// <param name="ReceivedMs">When it arrived, UTC milliseconds.</param>
internal sealed record Arrival(DeviceId Device, string Class, string Rest, byte[] Payload, long ReceivedMs)
{
    public string Topic => Rest.Length == 0 ? Class : $"{Class}/{Rest}";
}
