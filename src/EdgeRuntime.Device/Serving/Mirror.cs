using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Says as JSON on <c>up/mirror/…</c> what goes out as protobuf, for a minute after somebody asked: for people who look at a device with
/// nothing but a subscription. For the agent's thread only.
/// </summary>
internal sealed class Mirror(Topics topics, DeviceId device, Outbox outbox, TimeProvider time)
{
    private const int ExpirySeconds = 60;

    private static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    // One for each model.
    private readonly Dictionary<string, WindowMessage> _newest = new(StringComparer.Ordinal);
    private long? _since;

    /// <summary>Begins, or goes on for a whole span from now; a window takes long, so the newest are sent at once.</summary>
    /// <returns>How many were sent.</returns>
    public int Begin()
    {
        _since = time.GetTimestamp();
        foreach ((string rest, WindowMessage window) in _newest)
        {
            Send(rest, window);
        }

        return _newest.Count;
    }

    /// <summary>Takes a window that went out.</summary>
    public void Take(string rest, WindowMessage window)
    {
        _newest[rest] = window;
        if (_since is long since && time.GetElapsedTime(since) < Span)
        {
            Send(rest, window);
        }
    }

    private void Send(string rest, WindowMessage window) => outbox.Post(
        OutboxClass.State,
        new LinkMessage
        {
            Topic = topics.Up(device, $"mirror/{rest}"),
            Payload = JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage),
            Qos = 0,
            ExpirySeconds = ExpirySeconds,
            ContentType = "application/json",
        });
}
