using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>The verb <c>label</c>: sends a device what was true of its answers.</summary>
internal static class LabelCommand
{
    public const string Usage = $"""
        usage: edgectl label DEVICE TABLE [--patience SECONDS]

        Sends a device what was true of samples that it answered. TABLE is a CSV file whose first line names its columns: 'id',
        BOOT.MODEL.N as 'latest' and 'prediction' messages count, and 'label' or, for a regression, 'value'. All other columns
        are what the manifest's groups with a 'field' are told by; a device counts them and never sends them back.
        Its next window says how many were joined with their answers, what became of the others, and how right the model was.

          --patience SECONDS     for the broker (5)
        {BrokerAddress.Usage}
        """;

    public const string Example = "edgectl label press-7 inspected.csv --broker broker.example";

    private const int LargestTable = 64 * 1024 * 1024;
    private const int LabelsInMessage = 250;
    private const int ThirtyDays = 30 * 24 * 3600;

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, [.. BrokerAddress.Options, "--patience"], []);
        BrokerAddress broker = BrokerAddress.Of(read, around);
        IReadOnlyList<string> files = read.RequiredFiles("DEVICE", "TABLE");
        IReadOnlyList<DeviceId> devices = files.Count > 0 ? BrokerAddress.Devices(read, [files[0]]) : [];
        TimeSpan patience = TimeSpan.FromSeconds(read.Number("--patience", 5.0));
        read.Check();
        IReadOnlyList<TrueLabel> labels = LabelTable.Read(Files.Read(files[1], LargestTable), files[1]);

        string topic = new Topics(broker.Root).Down(devices[0], LabelMessage.TopicName);
        using Delivery delivery = new();
        using ILink link = around.Connect(new LinkOptions
        {
            Host = broker.Host,
            Port = broker.Port,
            ClientId = $"edgectl-{BootId.Draw(new Random(RandomNumberGenerator.GetInt32(int.MaxValue)))}",
            UserName = broker.User,
            Password = broker.Password,
        });
        link.Start(delivery);
        foreach (TrueLabel[] part in labels.Chunk(LabelsInMessage))
        {
            LinkMessage message = new()
            {
                Topic = topic,
                Payload = JsonSerializer.SerializeToUtf8Bytes(new LabelMessage { Labels = part }, WireJson.Default.LabelMessage),
                Qos = 1,
                ExpirySeconds = ThirtyDays,
                ContentType = "application/json",
            };
            while (!link.TryPublish(message, 0))
            {
                if (!await delivery.ChangedAsync(patience, stop))
                {
                    throw new CommandException(ExitCode.Unavailable, $"{broker.Shown}: {delivery.Reason}; not all labels were sent");
                }
            }
        }

        link.Stop(patience);
        if (delivery.Refusal is string refusal)
        {
            throw new CommandException(ExitCode.Unavailable, refusal);
        }

        around.Output.WriteLine($"{devices[0]}: {labels.Count} labels sent");
        return ExitCode.Done;
    }

    /// <summary>What the link tells: that something more may be sent, or why not.</summary>
    private sealed class Delivery : ILinkEvents, IDisposable
    {
        private readonly SemaphoreSlim _changed = new(0);

        /// <summary>Why there is no connection.</summary>
        public string Reason { get; private set; } = "does not answer";

        /// <summary>Why the broker refused a message; null while it did not.</summary>
        public string? Refusal { get; private set; }

        public Task<bool> ChangedAsync(TimeSpan patience, CancellationToken stop) => _changed.WaitAsync(patience, stop);

        public void OnConnected(bool sessionPresent) => _changed.Release();

        public void OnDisconnected(string reason) => Reason = reason;

        public void OnMessage(in LinkMessage message)
        {
        }

        public void OnPublished(long token) => _changed.Release();

        public void OnRefused(long token, string reason)
        {
            Refusal = reason;
            _changed.Release();
        }

        public void Dispose() => _changed.Dispose();
    }
}
