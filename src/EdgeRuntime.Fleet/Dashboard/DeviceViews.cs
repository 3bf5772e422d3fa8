using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Shows devices, windows and decisions as the page and the tools read them.</summary>
internal static class DeviceViews
{
    private const double NanosecondsPerMs = 1e6;

    public static DeviceView Of(DeviceEntry device, OrderBook orders, PackageShelf shelf) => new()
    {
        Id = device.Id,
        State = StateOf(device),
        FirstSeenUnixMs = device.FirstSeenMs,
        LastSeenUnixMs = device.LastSeenMs,
        Boot = device.Status?.Boot,
        Labels = device.Info?.Labels ?? new Dictionary<string, string>(),
        Profile = device.Info?.Profile,
        Hardware = device.Info?.Hardware,
        Runtime = device.Info?.Runtime,
        Models = Models(device, orders, shelf),
        Alarms =
        [
            .. device.Alarms.Values.OrderBy(alarm => alarm.SinceUnixMs).Select(alarm => new AlarmView(
                alarm.Name, alarm.Kind, alarm.Model, alarm.Version, alarm.SinceUnixMs, alarm.Detail, alarm.Causes, alarm.Explanation)),
        ],
    };

    public static string StateOf(DeviceEntry? device) => device?.Status?.State.ToString().ToLowerInvariant() ?? "unknown";

    public static DeviceDetailView Detail(
        DeviceView device, DeviceEntry entry, IReadOnlyDictionary<string, IReadOnlyList<ReceivedWindow>> windows,
        PackageShelf shelf, IReadOnlyList<EventView> events, IReadOnlyList<UpdateView> updates)
    {
        Dictionary<string, CompareView> compare = [];
        foreach ((string model, IReadOnlyList<ReceivedWindow> list) in windows)
        {
            if (list.Count > 0)
            {
                compare[model] = Compare(list[^1].Message, shelf.Find(list[^1].Message.Digest)?.Reference);
            }
        }

        return new DeviceDetailView
        {
            Id = device.Id,
            State = device.State,
            FirstSeenUnixMs = device.FirstSeenUnixMs,
            LastSeenUnixMs = device.LastSeenUnixMs,
            Boot = device.Boot,
            Labels = device.Labels,
            Profile = device.Profile,
            Hardware = device.Hardware,
            Runtime = device.Runtime,
            Models = device.Models,
            Alarms = device.Alarms,
            Info = entry.Info,
            Reported = entry.Reported,
            Outbox = entry.Status?.Outbox,
            Latest = entry.Live.Where(live => live.Value.Latest is not null)
                .ToDictionary(live => live.Key, live => Of(device.Id, live.Value.Latest!)),
            Windows = windows.ToDictionary(
                list => list.Key,
                list => (IReadOnlyList<WindowView>)[.. list.Value.Select(window => Of(device.Id, window))]),
            Ledger = windows.Where(list => list.Value.Count > 0).ToDictionary(list => list.Key, list => Ledger(list.Value)),
            Compare = compare,
            Events = events,
            Updates = updates,
        };
    }

    public static LatestView Of(DeviceId device, LatestMessage latest) => new()
    {
        Device = device,
        Model = latest.Model,
        Version = latest.Version,
        Digest = latest.Digest,
        N = latest.N,
        T = latest.SampleUnixMs,
        Decision = latest.Decision,
        Label = latest.Label,
        Score = latest.Score,
        Labels = latest.Labels,
        Scores = latest.Scores,
        InferUs = latest.InferMicroseconds,
        PathUs = latest.PathMicroseconds,
        Drift = latest.Drift,
        Features = latest.Features,
    };

    public static HistoryView History(DeviceId device, string model, LiveModel? live, int points)
    {
        LatestMessage[] all = [.. live?.Points.TakeLast(points) ?? []];
        return new HistoryView(
            device, model, all.Length > 0 ? all[^1].Labels : [],
            [.. all.Select(p => p.SampleUnixMs)], [.. all.Select(p => p.N)], [.. all.Select(p => p.Decision)],
            [.. all.Select(p => p.Label)], [.. all.Select(p => p.Score)], [.. all.Select(p => p.Scores)],
            [.. all.Select(p => p.InferMicroseconds)], [.. all.Select(p => p.Drift)], [.. all.Select(p => p.Version)]);
    }

    public static WindowView Of(DeviceId device, ReceivedWindow window) => new()
    {
        Device = device,
        Model = window.Message.Model,
        Version = window.Message.Version,
        Digest = window.Message.Digest,
        StartUnixMs = window.Message.StartUnixMs,
        EndUnixMs = window.Message.EndUnixMs,
        Samples = window.Message.Samples,
        Failed = window.Message.Failed,
        Dropped = window.Message.Dropped,
        Infer = Of(window.Message.Infer),
        Path = Of(window.Message.Path),
        Ledger = Ledger([window]),
        Overload = window.Message.Overload,
        Gate = window.Message.Gate,
        Predictions = window.Message.Predictions,
        Features = window.Message.Features,
        Drift = window.Drift,
        Drifting = window.Drifting,
    };

    public static UpdateView Of(DeviceId device, UpdateMessage update) => new(
        device, update.Deployment, update.Generation, update.Model, update.Digest, update.State, update.Reason,
        update.Percent, update.Bytes, update.BytesPerSecond, update.UnixMs);

    public static EventView Of(DeviceId device, EventMessage message, long receivedMs) => new()
    {
        Device = device,
        Kind = message.Kind,
        Severity = message.Severity,
        Model = message.Model,
        Detail = message.Detail,
        Values = message.Values,
        T = message.UnixMs,
        ReceivedUnixMs = receivedMs,
    };

    private static List<ModelView> Models(DeviceEntry device, OrderBook orders, PackageShelf shelf)
    {
        List<ModelView> models = [];
        foreach (ReportedModel model in device.Reported?.Models ?? [])
        {
            LiveModel? live = device.Live.GetValueOrDefault(model.Name);
            LatencyView? infer = live?.Window is ReceivedWindow window ? Of(window.Message.Infer) : null;
            OrderedSlot? slot = orders.SlotOf(device.Id, model.Name);
            bool onTarget = slot is null || model.Active?.Digest == slot.Package;
            models.Add(new ModelView
            {
                Name = model.Name,
                Kind = model.Kind,
                Phase = model.Phase,
                Active = model.Active,
                Previous = model.Previous,
                Candidate = model.Candidate,
                Desired = slot?.Package is not ModelId ordered ? null : new DesiredView(
                    ordered, shelf.Find(ordered)?.Version ?? "", slot!.Generation, slot.Deployment, slot.Revert),
                OnTarget = onTarget,
                NotOnTarget = onTarget ? null : WhyNot(device, model, slot!),
                Latest = live?.Latest is LatestMessage latest
                    ? new LatestBriefView(latest.SampleUnixMs, latest.N, latest.Decision, latest.Label, latest.Score, latest.Drift)
                    : null,
                RateHz = live?.RateHz ?? 0,
                Samples = live?.Samples ?? 0,
                Failed = live?.Failed ?? 0,
                P50Ms = infer?.P50Ms,
                P99Ms = infer?.P99Ms,
                Drift = live?.Window?.Drift,
                Drifting = live?.Window?.Drifting ?? false,
            });
        }

        return models;
    }

    private static string WhyNot(DeviceEntry device, ReportedModel model, OrderedSlot slot) => device switch
    {
        { IsOnline: false } => "It is not connected; the order waits for it.",
        _ when device.Reported!.Generation < slot.Generation => "It has not taken the order yet.",
        _ => model.Phase switch
        {
            UpdateState.Downloading => "It fetches the package.",
            UpdateState.Verifying => "It checks the package.",
            UpdateState.Soaking => "The package is on trial on the device.",
            UpdateState.Rejected => "It refused the package; its updates say why.",
            UpdateState.Undone => "It undid the package; its updates say why.",
            _ => "It took the order and has not begun.",
        },
    };

    private static LedgerView Ledger(IReadOnlyList<ReceivedWindow> windows)
    {
        LedgerSum sum = new();
        foreach (ReceivedWindow window in windows)
        {
            sum.Add(window.Message);
        }

        return LedgerView.Of(sum);
    }

    private static LatencyView Of(LatencyCounts counts)
    {
        LatencyHistogram histogram = new();
        histogram.AddSparse(counts.Buckets, counts.Counts, WindowTally.Nanoseconds(counts.MaxMicroseconds));
        return new LatencyView(
            histogram.Quantile(0.5) / NanosecondsPerMs, histogram.Quantile(0.99) / NanosecondsPerMs, histogram.Max / NanosecondsPerMs);
    }

    private static CompareView Compare(WindowMessage window, ReferenceProfile? reference)
    {
        List<CompareFeatureView> features = [];
        foreach (FeatureCounts live in window.Features)
        {
            ReferenceFeature? known = reference?.Features.FirstOrDefault(feature => feature.Name == live.Name);
            features.Add(new CompareFeatureView(
                live.Name, known?.Edges ?? [], Shares(known?.Counts ?? []), live.Counts, Shares(live.Counts), live.Missing,
                live.Psi, live.Threshold, WindowDrift.IsDrifting(live.Psi, live.Threshold)));
        }

        PredictionCounts made = window.Predictions;
        IReadOnlyList<double> predicted = reference is null ? []
            : reference.PredictionShares.Count > 0 ? reference.PredictionShares
            : Shares(reference.PredictionBins?.Counts ?? []);
        return new CompareView
        {
            Digest = window.Digest,
            Version = window.Version,
            ReferenceKnown = reference is not null,
            StartUnixMs = window.StartUnixMs,
            EndUnixMs = window.EndUnixMs,
            Samples = window.Samples,
            Features = features,
            Predictions = new ComparePredictionsView(
                made.Labels, predicted, made.Counts, Shares(made.Counts), made.Psi, made.Threshold,
                WindowDrift.IsDrifting(made.Psi, made.Threshold)),
        };
    }

    private static double[] Shares(IReadOnlyList<long> counts)
    {
        double total = Math.Max(counts.Sum(), 1);
        return [.. counts.Select(count => count / total)];
    }
}
