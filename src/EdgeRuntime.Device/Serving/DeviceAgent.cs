using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using Microsoft.Extensions.Logging;
using System.Text.Json;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// The device beside its sample paths: takes letters from the link and the loader, keeps the packages as the fleet wants
/// them, and sends what there is to tell. One thread, <see cref="Run"/>'s.
/// </summary>
internal sealed class DeviceAgent : IUpdateEvents, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(1200);

    private readonly DeviceAssembly _first;
    private readonly ConfigurationInUse _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Mailbox _mailbox;
    private readonly ILink _link;
    private readonly OutboxThread _outboxThread;
    private readonly OutboxNews _outboxNews;
    private readonly Acknowledgements _acknowledgements;
    private readonly Publisher _publisher;
    private readonly Birth _birth;
    private readonly DeviceStatus _status;
    private readonly IncomingMessages _incoming;
    private readonly ServedModels _served;
    private readonly IReadOnlyList<ModelHost> _hosts;
    private readonly UpdateAgent _updates;
    private readonly ThreadPlacement _placement;
    private readonly Supervisor _supervisor;
    private readonly Loader _loader;
    private readonly StartLedger _starts;
    private readonly UpdateCarriers _carriers;
    private readonly Explanations _explanations;
    private readonly Captures _captures;
    private readonly RuntimeHost? _runtime;
    private bool _reportedChanged;
    private volatile Exception? _failure;

    public DeviceAgent(Setup setup, DeviceParts parts)
    {
        _time = parts.Time;
        _logger = parts.Logger;
        _mailbox = parts.Mailbox;
        _link = parts.Link;
        Topics topics = new(setup.Configuration.Link.Root);
        _runtime = parts.Runtime;
        Outbox outbox = new(new OutboxOptions(), _time);
        DurableOutbox durable = new(setup.Configuration.Telemetry.Outbox, _time);
        _outboxNews = new OutboxNews(durable, _time, _logger);
        _acknowledgements = new Acknowledgements(durable);
        _publisher = new Publisher(setup.Configuration.Device, topics, parts.Stamp, outbox, durable, _link, _time);
        _served = new ServedModels(_publisher, _time, _logger, parts.Placement, Fail);
        _hosts = _served.Hosts;
        _first = _served.Join(setup.Configuration, parts.Sensors);
        _birth = new Birth(setup, _publisher, _hosts, parts.Libraries, parts.Placement.Report, parts.Recipient?.PublicKey);
        _updates = new UpdateAgent(UpdateAssembly.Build(setup, parts, _hosts, this));
        _status = new DeviceStatus(setup.Configuration, _publisher, _updates, _served, _link, _time);
        _starts = parts.Starts;
        _placement = parts.Placement;
        _supervisor = new Supervisor(
            parts.Notify, parts.WatchdogInterval, _placement, setup.Profile, _logger, _time, _served.Turns, _status.Summary, _publisher.Tell);
        _configuration = new ConfigurationInUse(
            setup, parts.ConfigurationPath, _served, _updates, _supervisor, _logger, _time, _publisher.Tell, TakeOver);
        _loader = new Loader(
            _placement,
            job => _mailbox.Post(new Letter.Finished(() => _updates.OnVerified(job))),
            error => Fail("the loader", error));
        _carriers = new UpdateCarriers(_publisher, _updates, _mailbox, setup.Configuration.Trust.MetadataUrl);
        _captures = new Captures(parts, _publisher, error => Fail("a capture", error));
        _explanations = new Explanations(_updates, _mailbox, _placement, _time, _captures, error => Fail("the explainer", error));
        Labels labels = new(_hosts);
        Commands commands = new(
            setup.Configuration.Device, topics, _publisher, _updates, _hosts, labels, outbox, durable, _supervisor.Budget, _explanations,
            _captures, SendBirth);
        _incoming = new IncomingMessages(setup.Configuration.Device, topics, _updates, _acknowledgements, commands, labels);
        _outboxThread = new OutboxThread(
            durable, parts.Disk, _time, parts.Stamp.ClockSynchronized, error => Fail("the outbox", error));
    }

    /// <summary>How the device stood when it ended to become another program; null where it did not end for that.</summary>
    public RuntimeBefore? Before { get; private set; }

    /// <summary>Serves until <paramref name="stop"/> is cancelled, the process is to become another program, or a mistake in this program ends it.</summary>
    /// <param name="view">Drawn a few times a second, or null.</param>
    /// <returns>False when a mistake ended it; the log says which.</returns>
    public bool Run(LiveView? view, CancellationToken stop)
    {
        _placement.EnterTelemetry();
        _updates.Start();
        _runtime?.Served();
        _link.Start(new LinkBridge(_mailbox));
        _served.Begin(_first);
        using LiveSocket? live = LiveSocket.TryOpen(_configuration.Current.Configuration.StateDirectory, _mailbox.AskLive, out string objection);
        if (live is null)
        {
            DeviceLog.Noticed(_logger, objection);
        }

        long drawn = 0;
        while (!stop.IsCancellationRequested && _failure is null && Before is null)
        {
            for (Letter? letter = _mailbox.Take(Beat); letter is not null; letter = _mailbox.Take(TimeSpan.Zero))
            {
                Handle(letter);
            }

            Step();
            if (view is not null && _time.GetElapsedTime(drawn).TotalMilliseconds >= 250)
            {
                drawn = _time.GetTimestamp();
                view.Draw(_status.View());
            }
        }

        Stop();
        if (_failure is null)
        {
            _starts.Stop();
        }

        return _failure is null;
    }

    /// <inheritdoc/>
    public void OnRequest(in ChunkRequest request) => _carriers.Request(request);

    /// <inheritdoc/>
    public void OnRangeRequest(in ChunkRequest request, string address) => _carriers.Request(request, address);

    /// <inheritdoc/>
    public void OnMetadataWanted(string name, int limit) => _carriers.RequestMetadata(name, limit);

    /// <inheritdoc/>
    public void OnTransferEnded(string transfer) => _carriers.Forget(transfer);

    /// <inheritdoc/>
    public void OnStep(UpdateStep step)
    {
        if (UpdateTold.Log(_logger, step) is string line)
        {
            _status.News(line);
        }

        _publisher.Update(
            $"update/{step.Deployment}", UpdateTold.Message(step, _publisher.Stamp), WireJson.Default.UpdateMessage,
            step.Progress is not null, step.End is null ? null : () => _updates.OnTold(step));
    }

    /// <inheritdoc/>
    public void OnVerify(VerificationJob job) => _loader.Add(job);

    /// <inheritdoc/>
    public void OnActivate(string line, LoadedPackage? package, bool onTrial)
    {
        if (_configuration.Is(line))
        {
            _configuration.Want((LoadedConfiguration?)package, onTrial);
        }
        else if (line == _runtime?.Name)
        {
            _runtime.Activate(package, onTrial);
        }
        else
        {
            Host(line).Activate((LoadedModel?)package, onTrial);
        }
    }

    /// <inheritdoc/>
    public void OnShadow(string line, LoadedModel? package, ShadowTerms? terms)
    {
        ModelHost? host = _hosts.FirstOrDefault(host => host.Name == line);
        if (package is null || terms is null)
        {
            host?.StopShadow();
        }
        else
        {
            host?.StartShadow(package, terms, _configuration.Current.Profile.Limits.ShadowCpuShareMax, _placement, error => Fail("the shadow", error));
        }
    }

    /// <inheritdoc/>
    public void OnRelease(string line, LoadedPackage package) => package.Dispose();

    /// <inheritdoc/>
    public void OnReportedChanged() => _reportedChanged = true;

    /// <inheritdoc/>
    public void OnNotice(EventSeverity severity, string? line, string detail)
    {
        string sentence = line is null ? detail : $"{line}: {detail}";
        if (severity == EventSeverity.Info)
        {
            DeviceLog.Told(_logger, sentence);
        }
        else
        {
            DeviceLog.Noticed(_logger, sentence);
        }

        _status.News(sentence);
        _publisher.Tell("update", severity, line, detail);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _supervisor.Dispose();
        _explanations.Dispose();
        _captures.Dispose();
        _outboxThread.Dispose();
        _loader.Dispose();
        _carriers.Dispose();
        _link.Dispose();
        _served.Dispose();
        _updates.Dispose();
    }

    private void Handle(Letter letter)
    {
        switch (letter)
        {
            case Letter.Connected:
                _status.LinkState = $"{_configuration.Current.Configuration.Link.Host}:{_configuration.Current.Configuration.Link.Port}";
                DeviceLog.Connected(_logger, _status.LinkState);
                _publisher.OnConnected();
                SendBirth();
                _updates.OnLink(connected: true);
                break;
            case Letter.Disconnected gone:
                _status.LinkState = gone.Reason;
                DeviceLog.Disconnected(_logger, gone.Reason);
                _publisher.OnDisconnected();
                _updates.OnLink(connected: false);
                break;
            case Letter.Published landed:
                _publisher.OnPublished(landed.Token);
                break;
            case Letter.LiveAsked asked:
                asked.Answer(JsonSerializer.SerializeToUtf8Bytes(_status.Live(), LiveJson.Default.LiveLedger));
                break;
            case Letter.Finished work:
                work.Complete();
                break;
            case Letter.Received message:
                _incoming.Take(message);
                break;
            case Letter.Chunk chunk:
                _incoming.Take(chunk);
                break;
            case Letter.Reload:
                _configuration.Reload();
                break;
        }
    }

    private void Step()
    {
        _served.WatchGarbage();
        foreach (ModelHost host in _hosts)
        {
            if (host.HasChanged(out ModelId digest))
            {
                Changed(host, digest);
            }

            if (host.TakeVerdict(out ModelId judged, out ShadowCounts? before) is SoakVerdict verdict)
            {
                _updates.OnSoakVerdict(host.Name, judged, verdict, before);
            }

            if (host.TakeShadowVerdict(out ModelId beside, out ShadowCounts counts) is SoakVerdict shadowed)
            {
                _updates.OnShadowVerdict(host.Name, beside, shadowed, counts);
            }

            host.Pump();
        }

        _explanations.Step(_hosts);
        _captures.Step(_hosts);
        _served.TellFaults(_publisher.Tell);
        _served.TellLines(_publisher.Tell);
        _reportedChanged |= _outboxNews.Step(sentence => _publisher.Tell("outbox", EventSeverity.Warning, null, sentence));

        _updates.Tick();
        _configuration.Step();
        Before = _runtime?.Step(_updates, _hosts, _link);
        _starts.Step();
        if (_supervisor.Step() && _link.IsConnected)
        {
            _birth.Info(_updates.Report());
        }

        if (_reportedChanged)
        {
            _reportedChanged = false;
            SendState();
        }

        _publisher.Pump();
    }

    private void Changed(ModelHost host, ModelId digest)
    {
        if (host.Answering is LoadedModel answering)
        {
            DeviceLog.Serves(_logger, host.Name, answering.Manifest.Version, host.Driver, answering.Digest.Short);
            _status.News($"{host.Name} {answering.Manifest.Version} serves");
            DeviceLog.Runs(_logger, host.Name, answering);
            foreach (string warning in host.Warnings(_configuration.Current.Configuration))
            {
                OnNotice(EventSeverity.Warning, host.Name, warning);
            }
        }
        else
        {
            DeviceLog.DoesNotServe(_logger, host.Name, "it has no package that can be used");
        }

        _updates.OnActivated(host.Name, digest);
        _reportedChanged = true;
    }

    private void SendBirth()
    {
        _birth.Info(_updates.Report());
        SendState();
        foreach (ModelHost host in _hosts)
        {
            host.RepeatAlarms();
        }
    }

    private void SendState()
    {
        IReadOnlyList<ReportedModel> models = _updates.Report();
        (long generation, string? deployment) = _updates.Accepted;
        _birth.Status(_status.StateOf(models), _status.Answering(), models);
        _birth.Reported(generation, deployment, models);
    }

    private void TakeOver(ConfigurationReload reload)
    {
        _birth.Setup = reload.Next;
        _served.Leave(reload.Leaving, _updates);
        foreach (ModelHost host in _hosts)
        {
            host.Report(reload.Next.Configuration.Telemetry);
        }

        DeviceAssembly joining = _served.Join(reload.Joining, reload.Sources);
        foreach ((ModelHost host, ModelConfiguration model) in joining.Hosts.Zip(reload.Joining.Models))
        {
            _updates.Add(UpdateAssembly.LineOf(host, model, reload.Next), _link.IsConnected);
        }

        _served.Begin(joining);
        SendBirth();
    }

    // Samples end first, so that their last window still goes out; then the device says itself that it is offline.
    private void Stop()
    {
        DeviceLog.Stopping(_logger);
        if (Before is null)
        {
            _supervisor.Stopping();
        }
        else
        {
            _supervisor.Leaving();
        }

        (Dictionary<string, ModelId> answering, IReadOnlyList<ReportedModel> lines) = (_status.Answering(), _updates.Report());
        _served.Stop();
        _birth.Status(DeviceState.Offline, answering, lines);
        _publisher.Pump();
        _link.Stop(StopPatience);

        _acknowledgements.TakeLast(_mailbox, _publisher, _incoming.Topic("ack"));
        _publisher.OnDisconnected();
        _outboxThread.Stop();
    }

    private void Fail(string where, Exception error)
    {
        DeviceLog.Failed(_logger, where, error.ToString());
        _failure = error;
    }

    private ModelHost Host(string model) => _hosts.First(host => host.Name == model);
}
