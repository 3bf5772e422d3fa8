using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Rollouts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Support;

/// <summary>
/// A whole manager with a broker in memory and scripted devices, on one thread and a clock of the test's own: nothing
/// happens unless the test moves it.
/// </summary>
internal sealed class FleetRig : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Random _random = new(5);

    /// <param name="recipients">Whom packages are encrypted for; null where they travel as they are.</param>
    public FleetRig(Recipients? recipients = null)
    {
        Recipients = recipients;
        Broker = new InMemoryBroker(Time);
        V1 = TestPackages.Archive("1.0.0", 1);
        V2 = TestPackages.Archive("1.1.0", 2);
        V3 = TestPackages.Archive("1.2.0", 3);
        Host = Compose();
    }

    public ManualTime Time { get; } = new();

    public InMemoryBroker Broker { get; }

    public FleetHost Host { get; private set; }

    public List<ScriptedDevice> Devices { get; } = [];

    public byte[] V1 { get; }

    public byte[] V2 { get; }

    public byte[] V3 { get; }

    public FleetState State => Host.Loop.State;

    public FleetShow Show => Host.Loop.Show;

    public TransferLimits Transfers { get; init; } = new();

    /// <summary>Whom packages are encrypted for, by the manager that is started next.</summary>
    public Recipients? Recipients { get; set; }

    /// <summary>The manager dies and another one opens the same database.</summary>
    public void RestartManager()
    {
        Host.Dispose();
        Host = Compose();
        Host.Parts.Transport.Start(Host.Parts.Link);
        Settle();
    }

    /// <param name="keys">What packages are encrypted with for each device; beyond the last they tell none.</param>
    public FleetRig With(int devices, params HpkePrivateKey[] keys)
    {
        PackageLabel v1 = TestPackages.LabelOf(V1);
        for (int i = 0; i < devices; i++)
        {
            Devices.Add(new ScriptedDevice($"dev-{i}", Broker, Time, v1, seed: i, i < keys.Length ? keys[i] : null));
        }

        Host.Parts.Transport.Start(Host.Parts.Link);
        Settle();
        return this;
    }

    /// <summary>Runs a request on the fleet's thread, as the REST interface does.</summary>
    public T Ask<T>(Func<T> ask)
    {
        Task<T> answer = Host.Loop.AskAsync(ask);
        Host.Loop.Turn();
        return answer.GetAwaiter().GetResult();
    }

    public StoredPackage Push(byte[] archive)
    {
        StoredPackage package = State.Shelf.Admit(archive, Time.NowMs);
        Assert.Null(Ask(() => State.Shelf.Add(package)));
        return package;
    }

    public Rollout Start(string package, RolloutPlan? plan = null) =>
        Ask(() => State.Rollouts.Start(new StartRollout(package, plan ?? QuickPlan), Time.NowMs));

    public static RolloutPlan QuickPlan { get; } = new() { Gate = new GateLimits { MinSamples = 200, MinSoakSeconds = 20, TimeoutSeconds = 300 } };

    public Rollout Rollout(string id) => State.Rollouts.Find(id)!;

    /// <summary>Lets everything happen that can happen without time passing.</summary>
    public void Settle()
    {
        for (int quiet = 0; quiet < 3;)
        {
            int events = Broker.Deliver();
            Host.Loop.Turn();
            Host.Parts.Chunks.Pump();
            quiet = events == 0 && !State.Deltas.TryMake() ? quiet + 1 : 0;
        }
    }

    /// <summary>Lets time pass second by second; every device sends a window every five.</summary>
    public void Pass(int seconds, Func<bool>? until = null)
    {
        for (int i = 0; i < seconds && until?.Invoke() != true; i++)
        {
            Time.Advance(1);
            if (Time.NowMs / 1000 % 5 == 0)
            {
                foreach (ScriptedDevice device in Devices.Where(device => device.Link.IsConnected))
                {
                    device.SendWindow();
                }
            }

            Settle();
        }
    }

    public void Dispose()
    {
        Host.Dispose();
        Broker.Dispose();
        _directory.Dispose();
    }

    private FleetHost Compose() => FleetHost.Compose(
        new FleetOptions
        {
            StateDirectory = _directory.Path,
            DeployKeys = [TufSigningKey.OfEcdsa(TestPackages.DeployKey)],
            ReleaseKeys = [TestPackages.ReleaseKey.Public],
            Transfers = Transfers,
            Recipients = Recipients,
        },
        options => new InMemoryLink(Broker, options), Time, _random, NullLogger.Instance);
}
