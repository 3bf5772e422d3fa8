using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Forwarding;

/// <summary>One run of a device's outbox on a simulated disk, and a fleet manager that knows every message it has had.</summary>
internal sealed class OutboxRig
{
    private static readonly ModelId Digest = ModelId.Of("a package"u8);

    private readonly Dictionary<string, long> _sequences = [];
    private readonly SteppingManager _manager;

    public OutboxRig(IDisk disk, ManualTime time, SteppingManager manager, ulong boot, DurableOutboxOptions? options = null)
    {
        Time = time;
        _manager = manager;
        Boot = new BootId(boot);
        Outbox = new DurableOutbox(options ?? new DurableOutboxOptions { MaxBytes = DurableOutboxOptions.LeastBytes, DrainPerSecond = 100_000 }, time);
        Keeper = new OutboxKeeper(Outbox, disk, time, clockSynchronized: true);
    }

    public ManualTime Time { get; }

    public BootId Boot { get; }

    public DurableOutbox Outbox { get; }

    public OutboxKeeper Keeper { get; }

    public OutboxTally Results => Outbox.Report().Classes["results"];

    public OutboxTally Aggregates => Outbox.Report().Classes["aggregates"];

    public OutboxTally Samples => Outbox.Report().Classes["samples"];

    /// <summary>Posts an event that is worth its text.</summary>
    public long Result(string text) => Post("event/test", (sequence, now) => JsonSerializer.SerializeToUtf8Bytes(
        new EventMessage
        {
            Boot = Boot, Sequence = sequence, UnixMs = now, ClockSynchronized = true, Kind = "test", Severity = EventSeverity.Info, Detail = text,
        },
        WireJson.Default.EventMessage), awaited: true);

    /// <summary>Posts a window with one sample, told apart from all others by the name of a cause.</summary>
    /// <param name="bytes">Roughly how long it is.</param>
    public void Window(string mark, int bytes = 400, string model = "m") => Post(
        $"window/{model}",
        (sequence, now) => JsonSerializer.SerializeToUtf8Bytes(WindowOf(Boot, sequence, now, mark, bytes, model), WireJson.Default.WindowMessage));

    /// <summary>Posts a batch of one prediction, told apart by its number.</summary>
    public void Sample(long number) => Post("prediction/m", (sequence, now) => JsonSerializer.SerializeToUtf8Bytes(
        new PredictionMessage
        {
            Boot = Boot, Sequence = sequence, UnixMs = now, ClockSynchronized = true, Model = "m", Version = "1.0.0",
            Predictions = [new Prediction(number, now, "idle", 0.5, "idle")],
        },
        WireJson.Default.PredictionMessage));

    public static WindowMessage WindowOf(BootId boot, long sequence, long now, string mark, int bytes = 400, string model = "m") => new()
    {
        Boot = boot,
        Sequence = sequence,
        UnixMs = now,
        ClockSynchronized = true,
        Model = model,
        Version = "1.0.0",
        Digest = Digest,
        StartUnixMs = now,
        EndUnixMs = now,
        Samples = 1,
        Failed = 0,
        Dropped = new Dictionary<string, long> { [mark] = 1 },
        Predictions = new PredictionCounts { Labels = [new string('x', Math.Max(1, bytes - 400))], Counts = [1] },
        Infer = new LatencyCounts { Buckets = [3], Counts = [1], MaxMicroseconds = 1 },
        Path = new LatencyCounts { Buckets = [3], Counts = [1], MaxMicroseconds = 1 },
    };

    /// <summary>Gives the link what it asks for, and the manager what the link takes, until nothing is left to send.</summary>
    /// <param name="most">Messages the link takes.</param>
    /// <param name="acknowledge">Whether the manager says what it has.</param>
    public void Send(int most = int.MaxValue, bool acknowledge = true)
    {
        int idle = 0;
        while (most > 0 && idle < 6)
        {
            Keeper.Step();
            Time.Advance(1);
            bool any = false;
            while (most > 0 && Outbox.TryTake(out StoredMessage message, out long token))
            {
                any = true;
                most--;
                _manager.Take(message);
                Outbox.OnPublished(token);
            }

            if (acknowledge)
            {
                _manager.Acknowledge(Outbox);
            }

            idle = any ? 0 : idle + 1;
        }
    }

    private long Post(string rest, Func<long, long, byte[]> payload, bool awaited = false)
    {
        string topicClass = RecordClasses.TopicClass(rest);
        long sequence = _sequences[topicClass] = _sequences.GetValueOrDefault(topicClass) + 1;
        long now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        return Outbox.Post(
            new StoredMessage
            {
                Rest = rest, Boot = Boot, Sequence = sequence, UnixMs = now, ClockSynchronized = true, Payload = payload(sequence, now),
            },
            awaited);
    }
}

/// <summary>A fleet manager in as much as an outbox sees it: takes each message once, by boot, topic class and sequence.</summary>
internal sealed class SteppingManager
{
    private readonly Dictionary<(BootId, string), SortedSet<long>> _had = [];

    /// <summary>Texts of events, in order of arrival.</summary>
    public List<string> Events { get; } = [];

    /// <summary>How often each window counts, by its mark.</summary>
    public Dictionary<string, long> Windows { get; } = [];

    /// <summary>How often each prediction counts, by its number.</summary>
    public Dictionary<long, int> Predictions { get; } = [];

    /// <summary>Messages that came again.</summary>
    public int Repeated { get; private set; }

    /// <summary>Topics in order of arrival.</summary>
    public List<string> Topics { get; } = [];

    public void Take(StoredMessage message)
    {
        SortedSet<long> had = _had.TryGetValue((message.Boot, message.TopicClass), out SortedSet<long>? known)
            ? known
            : _had[(message.Boot, message.TopicClass)] = [];
        if (!had.Add(message.Sequence))
        {
            Repeated++;
            return;
        }

        Topics.Add(message.Rest);
        switch (message.TopicClass)
        {
            case "event":
                Events.Add(JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.EventMessage)!.Detail);
                break;
            case "window":
                foreach ((string mark, long count) in JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.WindowMessage)!.Dropped)
                {
                    Windows[mark] = Windows.GetValueOrDefault(mark) + count;
                }

                break;
            default:
                foreach (Prediction prediction in JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.PredictionMessage)!.Predictions)
                {
                    Predictions[prediction.N] = Predictions.GetValueOrDefault(prediction.N) + 1;
                }

                break;
        }
    }

    /// <summary>Says the highest number it has had of each: gaps are given up at once, as after its patience.</summary>
    public void Acknowledge(DurableOutbox outbox)
    {
        foreach (((BootId boot, string topicClass), SortedSet<long> had) in _had)
        {
            outbox.OnAcknowledged(topicClass, boot, had.Max);
        }
    }
}
