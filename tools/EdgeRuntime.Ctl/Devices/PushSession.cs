using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Ctl.Fleet;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>One push: the roll call, the orders, the bytes, and the verdict of every device.</summary>
internal sealed class PushSession(DeviceLink link, RollCall call, Surroundings around)
{
    // A report can overtake the message that tells why; so long it is waited for.
    private static readonly TimeSpan ReasonPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<DeviceId, DevicePush> _pushes = [];
    private readonly Dictionary<DeviceId, long> _endReported = [];

    /// <summary>Sign the orders, every one of them.</summary>
    public required IReadOnlyList<TufSigningKey> Keys { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The package.</summary>
    public required PackageReference Package { get; init; }

    /// <summary>Encrypts it for each device, or null where it is sent as it is.</summary>
    public PushEncryption? Encryption { get; init; }

    /// <summary>Names the push: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public required string Deployment { get; init; }

    /// <summary>Metadata to publish before every order; empty for none.</summary>
    public IReadOnlyList<byte[]> Metadata { get; init; } = [];

    /// <summary>True to wait for devices that are away.</summary>
    public bool Waits { get; init; }

    /// <summary>True to push although a fleet manager is there.</summary>
    public bool DespiteManager { get; init; }

    private string Name => $"{Model} {Package.Version}";

    /// <summary>Runs until every device has a verdict.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">Nothing was ordered, and the lines say why.</exception>
    public async Task<int> RunAsync(BrokerAddress broker, TimeSpan patience, CancellationToken stop)
    {
        await call.RunAsync(broker, patience, stop);
        RequireReady();
        foreach (Attendance device in call.All)
        {
            DevicePush push = new(device, Model, Package.Digest, Deployment);
            _pushes[device.Device] = push;
            Order(device, push);
        }

        PushView view = new([.. _pushes.Values], Name, Package.Size, around);
        using CancellationTokenSource served = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task serving = link.Chunks.RunAsync(served.Token);
        try
        {
            while (_pushes.Values.Any(push => push.Verdict is null))
            {
                view.Draw();
                Take(await link.NextAsync(Beat, stop));
                EndSilent();
            }

            view.Draw(now: true);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            view.Draw(now: true);
            foreach (DevicePush push in _pushes.Values.Where(push => push.Verdict is null))
            {
                around.Errors.WriteLine(WhatStays(push));
            }

            return ExitCode.Interrupted;
        }
        finally
        {
            await served.CancelAsync();
            await serving;
        }

        return _pushes.Values.All(push => push.Verdict == UpdateState.Committed) ? ExitCode.Done : ExitCode.RolloutFailed;
    }

    private void RequireReady()
    {
        List<string> wrong = [];
        if (call.Managers.Count > 0 && !DespiteManager)
        {
            wrong.Add($"the fleet manager '{call.Managers.First()}' gives orders to these devices; use 'edgectl rollout start', "
                + "or --despite-manager");
        }

        foreach (Attendance device in call.All)
        {
            if (!device.IsThere)
            {
                if (!Waits)
                {
                    wrong.Add($"{device.Absence(around.Time)}; --wait waits for it");
                }
            }
            else if (ModelOf(device) is null)
            {
                string has = string.Join(", ", device.Reported!.Models.Select(each => $"'{each.Name}'"));
                wrong.Add($"{device.Device}: has no model '{Model}'; it has {(has.Length > 0 ? has : "none")}");
            }
            else if (Encryption?.Objection(device) is string objection)
            {
                wrong.Add(objection);
            }
        }

        if (wrong.Count > 0)
        {
            throw new CommandException(ExitCode.Unavailable, [.. wrong, "nothing was ordered"]);
        }
    }

    private ReportedModel? ModelOf(Attendance device) => device.Reported?.Models.FirstOrDefault(each => each.Name == Model);

    private void Order(Attendance device, DevicePush push)
    {
        if (!device.IsThere)
        {
            push.Away();
            return;
        }

        // An order for what it runs would change nothing but its generation.
        if (push.Generation == 0 && ModelOf(device) is { Candidate: null } model && model.Active?.Digest == Package.Digest)
        {
            push.AlreadyThere();
            return;
        }

        PackageReference package = Package;
        if (Encryption is not null)
        {
            if (Encryption.Objection(device) is string objection)
            {
                push.Refuse(objection);
                return;
            }

            package = Encryption.For(device);
        }

        push.Ordered(push.Generation == 0 ? device.NextGeneration : push.Generation);
        link.Chunks.Grant(device.Device, package.AllCarried());
        foreach (byte[] message in Metadata)
        {
            Publish(device.Device, "metadata", message, retain: false);
        }

        DesiredState desired = new()
        {
            Device = device.Device,
            Deployment = Deployment,
            Generation = push.Generation,
            IssuedUnixMs = around.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Slots = new Dictionary<string, PackageReference> { [Model] = package },
        };
        Publish(device.Device, "desired", desired.Sealed(Keys), retain: true);
    }

    private void Publish(DeviceId device, string what, byte[] payload, bool retain) => link.Publish(new LinkMessage
    {
        Topic = link.Topics.Down(device, what),
        Payload = payload,
        Qos = 1,
        Retain = retain,
        ContentType = "application/json",
    });

    private void Take(Heard? heard)
    {
        switch (heard)
        {
            case Heard.Connected:
                // What the broker had not acknowledged is forgotten; the same order again changes nothing.
                link.Forget();
                foreach (Attendance device in call.All.Where(device => _pushes[device.Device].Verdict is null))
                {
                    Order(device, _pushes[device.Device]);
                }

                break;
            case Heard.Disconnected gone:
                around.Errors.WriteLine($"push: {gone.Reason}");
                break;
            case Heard.Refused refused:
                around.Errors.WriteLine($"push: {refused.Reason}");
                break;
            case Heard.Message message:
                Take(message);
                break;
        }
    }

    private void Take(Heard.Message message)
    {
        DevicePush push = _pushes[message.Device];
        Attendance device = call.Take(message);
        push.Take(message);
        if (push.Verdict is null && push.Generation == 0 && message.Up && device.IsThere)
        {
            // It was away, and says something.
            Order(device, push);
        }
    }

    private void EndSilent()
    {
        foreach (DevicePush push in _pushes.Values.Where(push => push.Verdict is null && push.ReportedEnd is not null))
        {
            long since = _endReported.TryGetValue(push.Device, out long known) ? known : around.Time.GetTimestamp();
            _endReported[push.Device] = since;
            if (around.Time.GetElapsedTime(since) >= ReasonPatience)
            {
                push.EndByReport();
            }
        }
    }

    private string WhatStays(DevicePush push) => push switch
    {
        { Generation: 0 } => $"{push.Device}: was away and was not ordered anything",
        { Step: UpdateState.Verifying or UpdateState.Soaking } =>
            $"{push.Device}: has all of it and decides by itself; 'edgectl undo {push.Device}' gives it up",
        _ => $"{push.Device}: the order stays with the broker, and {Shown.Bytes(push.Bytes)} of {Shown.Bytes(Package.Size)} with the "
            + $"device; push again to go on, or 'edgectl undo {push.Device}' gives it up",
    };
}
