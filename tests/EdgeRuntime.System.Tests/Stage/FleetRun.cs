using System.Net;
using System.Net.Sockets;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>The real fleet manager on a site's broker.</summary>
internal static class FleetRun
{
    /// <summary>Where a web server may listen.</summary>
    public static string FreeUrl()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndPoint!).Port}";
    }

    /// <param name="more">Further members of its configuration, with a comma before the first.</param>
    public static async Task<Run> Start(Site site, string url, string more = "")
    {
        await File.WriteAllTextAsync(site["fleet.json"], $$"""
            {
              "state_dir": "fleet",
              "http": { "url": "{{url}}" },
              "mqtt": { "host": "127.0.0.1", "port": {{site.Broker.Port}} },
              "deploy_key": "keys/deploy.key.pem",
              "release_keys": ["keys/release.pub.pem"]{{more}}
            }
            """);
        Run fleet = Run.Start(Programs.Fleet, site.Root, "--config", site["fleet.json"]);
        await fleet.Says("listens on");
        return fleet;
    }

    /// <summary>Asks again and again until it is so; fails when it does not become so within half a minute.</summary>
    public static async Task Until(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(30));
        while (!await isSo())
        {
            Assert.False(enough.IsCancellationRequested, "did not happen within 30 s");
        }
    }
}
