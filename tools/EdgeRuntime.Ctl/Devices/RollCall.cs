using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>Asks devices whether they are there before they are told anything, and collects what is known of each.</summary>
/// <remarks>A device's retained words are hints: only one that answers now counts as there.</remarks>
internal sealed class RollCall(DeviceLink link, IReadOnlyList<DeviceId> devices, Surroundings around)
{
    private const int PingExpirySeconds = 60;

    private readonly Dictionary<DeviceId, Attendance> _attendance = devices.ToDictionary(device => device, device => new Attendance(device));
    private readonly HashSet<string> _managers = new(StringComparer.Ordinal);

    /// <summary>Whether a device is only waited for until it answers, or for its key to encrypt with too.</summary>
    public bool WantsKeys { get; init; }

    /// <summary>One for each device, in the order they were named.</summary>
    public IEnumerable<Attendance> All => devices.Select(device => _attendance[device]);

    /// <summary>Fleet managers that say that they are there.</summary>
    public IReadOnlyCollection<string> Managers => _managers;

    /// <summary>Connects and waits until every device has answered, at most <paramref name="patience"/> each for the broker and
    /// for the devices.</summary>
    /// <exception cref="CommandException">The broker is not reached, or refuses what cannot be done without.</exception>
    public async Task RunAsync(BrokerAddress broker, TimeSpan patience, CancellationToken stop)
    {
        link.Start();
        long since = around.Time.GetTimestamp();
        bool connected = false;
        string why = "it does not answer";
        while (!connected || _attendance.Values.Any(device => !device.IsThere || (WantsKeys && device.EncryptionKey is null)))
        {
            TimeSpan left = patience - around.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            switch (await link.NextAsync(left, stop))
            {
                case Heard.Connected:
                    connected = true;
                    since = around.Time.GetTimestamp();
                    foreach (DeviceId device in devices)
                    {
                        Ping(device);
                    }

                    break;
                case Heard.Disconnected gone:
                    connected = false;
                    why = gone.Reason;
                    break;
                case Heard.Refused refused:
                    throw new CommandException(ExitCode.Unavailable, refused.Reason);
                case Heard.Message message:
                    Take(message);
                    break;
                case Heard.Manager manager:
                    Take(manager);
                    break;
            }
        }

        if (!connected)
        {
            throw new CommandException(ExitCode.Unavailable, $"no connection to the broker {broker.Shown}: {why}");
        }
    }

    /// <summary>Asks a device whether it is there.</summary>
    public void Ping(DeviceId device) => Command(device, "ping", null);

    /// <summary>Sends a command; the answer comes on the topic <c>response/{link.Name}-{name}</c>.</summary>
    public void Command(DeviceId device, string name, string? model)
    {
        long expires = around.Time.GetUtcNow().AddSeconds(PingExpirySeconds).ToUnixTimeMilliseconds();
        Send(device, name, new CommandMessage { ExpiresUnixMs = expires, Model = model });
    }

    /// <summary>As above, with all that the command may say.</summary>
    public void Send(DeviceId device, string name, CommandMessage command)
    {
        link.Publish(new LinkMessage
        {
            Topic = link.Topics.Down(device, $"command/{name}"),
            Payload = JsonSerializer.SerializeToUtf8Bytes(command, WireJson.Default.CommandMessage),
            Qos = 1,
            ExpirySeconds = PingExpirySeconds,
            ContentType = "application/json",
            ResponseTopic = link.Topics.Up(device, $"response/{link.Name}-{name}"),
            Correlation = System.Text.Encoding.ASCII.GetBytes(name),
        });
    }

    /// <summary>Notes what a device said. One that says that it came, after it was asked, is asked again: the question before may
    /// have found nobody.</summary>
    public Attendance Take(Heard.Message message)
    {
        Attendance device = _attendance[message.Device];
        device.Take(message);
        if (message is { Up: true, Kept: false, Rest: "status" }
            && device is { Answer: null, Status.State: DeviceState.Online or DeviceState.Updating or DeviceState.Safe })
        {
            Ping(message.Device);
        }

        return device;
    }

    private void Take(Heard.Manager manager)
    {
        try
        {
            if (manager.Payload.Length > 0
                && JsonSerializer.Deserialize(manager.Payload, WireJson.Default.ManagerMessage) is { Online: true })
            {
                _managers.Add(manager.Instance);
                return;
            }
        }
        catch (JsonException)
        {
            // Not a manager's word.
        }

        _managers.Remove(manager.Instance);
    }
}
