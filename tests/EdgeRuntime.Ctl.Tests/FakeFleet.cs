using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>
/// A fleet manager in memory behind a real socket: keeps packages, starts a rollout of what it has, moves it on by one
/// step with every question, and refuses what the real one refuses.
/// </summary>
internal sealed class FakeFleet : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, PackageArchive> _packages = [];
    private readonly Task _serving;
    private int _asked;

    public FakeFleet()
    {
        int port = FreePort();
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Answers of GET /api/rollouts/{id}, one after the other; the last one stays.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Bodies that were posted, by path; the newest.</summary>
    public Dictionary<string, string> Posted { get; } = [];

    /// <summary>Answers everything with this page, as another program on that port would.</summary>
    public string? Stranger { get; init; }

    /// <summary>Questions about a rollout that are answered with 503, the first one apart.</summary>
    public int Outage { get; init; }

    public static string AddressOfNobody => $"http://127.0.0.1:{FreePort()}";

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            (int status, string answer) = Answer(context.Request, body.ToArray());
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
    }

    private (int Status, string Answer) Answer(HttpListenerRequest request, byte[] body)
    {
        string path = request.Url!.AbsolutePath;
        if (Stranger is not null)
        {
            return (200, Stranger);
        }

        if (request.HttpMethod == "POST")
        {
            Posted[path] = path == "/api/packages" ? request.ContentType ?? "" : Encoding.UTF8.GetString(body);
        }

        return (request.HttpMethod, path) switch
        {
            ("POST", "/api/packages") => Push(body),
            ("GET", "/api/packages") => (200, $$"""{"packages":[{{string.Join(',', _packages.Values.Select(Package))}}]}"""),
            ("GET", "/api/devices") => (200, $$"""{"devices":[{{Device}}]}"""),
            ("GET", "/api/devices/press-7") => (200, Device),
            ("GET", "/api/packages/aa/quality") => (200, Quality),
            ("POST", "/api/rollouts") => Start(Encoding.UTF8.GetString(body)),
            ("GET", "/api/rollouts") => (200, $$"""{"rollouts":[{{Steps[0]}}]}"""),
            ("GET", "/api/rollouts/r1") => Step(),
            ("POST", "/api/rollouts/r1/abort") => (200, """{"id":"r1","state":"aborted","active":false}"""),
            _ => (404, """{"errors":["There is no such thing here."]}"""),
        };
    }

    private (int Status, string Answer) Push(byte[] body)
    {
        PackageArchive package = PackageArchive.ReadUnverified(body);
        if (package.Signature is null)
        {
            return (422, """{"errors":["Nobody signed the manifest."]}""");
        }

        bool added = _packages.TryAdd(package.Id.ToString(), package);
        return (added ? 201 : 200, Package(package));
    }

    private (int Status, string Answer) Start(string order) =>
        _packages.Values.Any(package => order.Contains($"{package.Manifest.Name}@{package.Manifest.Version}", StringComparison.Ordinal))
            ? (201, """{"id":"r1","model":"vitals","package":{"version":"1.2.0"},"targets":4,"stages":[{},{}],"active":true}""")
            : (422, """{"errors":["No package 'vitals@9' is here.","Push it first."]}""");

    private (int Status, string Answer) Step()
    {
        int asked = _asked++;
        return asked > 0 && asked <= Outage
            ? (503, """{"errors":["The database is busy."]}""")
            : (200, Steps[Math.Min(asked > Outage ? asked - Outage : asked, Steps.Count - 1)]);
    }

    private const string Quality = """
        {"model":"vitals","version":"1.0.0","devices":1,"windows":12,"refused":{"it was added before":2},"received":130,"joined":120,
         "unjoined":{"too_late":10},"positive":"compute",
         "metrics":[{"name":"accuracy","value":0.9,"low":0.83,"high":0.94,"answers":120,"baseline":0.5,"reference":0.95}],
         "estimates":[{"metric":"accuracy","value":0.93,"low":0.9,"high":0.96,"answers":700,"labelled_answers":120,"labelled_estimated":0.94,"labelled_actual":0.9},
                      {"metric":"error","value":0.07,"answers":700,"labelled_answers":0}],
         "groups":[{"name":"shift","least_trials":30,"groups":[
           {"name":"day","selection":{"value":0.5,"low":0.45,"high":0.55,"trials":400},"accuracy":{"value":0.9,"low":0.8,"high":0.95,"trials":80}},
           {"name":"night\u0007","selection":{"value":0.3,"low":0.25,"high":0.36,"trials":300},"accuracy":{"trials":0}}],
           "selection":{"highest":"day","lowest":"night","difference":0.2,"ratio":0.6,"ratio_low":0.5,"ratio_high":0.72},
           "keeps_four_fifths":false,"breaks_four_fifths_certainly":true}]}
        """;

    private static string Package(PackageArchive package) => $$"""
        {"digest":"{{package.Id}}","name":"{{package.Manifest.Name}}","version":"{{package.Manifest.Version}}",
         "release_counter":{{package.Manifest.ReleaseCounter}},"kind":"classification","size":{{package.Bytes.Length}},
         "signed_by":["{{package.Signature!.Signatures[0].Keyid}}"],"pushed_unix_ms":1767323000000,"devices":3,"new_member":[]}
        """;

    // With what a device may put into its own names: a colour and a bell must not reach the terminal.
    private const string Device = """
        {"id":"press-7","state":"online","last_seen_unix_ms":1767323042000,"labels":{"site":"hall \u001b[31m2\u0007"},
         "profile":"base-linux-x64","hardware":{"architecture":"x64","cpu":"EPYC","cores":2,"memory_bytes":8000000000},
         "runtime":"0.1.0 net9.0 native","models":[{"name":"vitals","phase":"soaking",
         "active":{"digest":"aa","version":"1.0.0"},"desired":{"digest":"bb","version":"1.2.0"},"on_target":false,
         "not_on_target":"It soaks.","latest":{"decision":"compute","score":0.98},"rate_hz":9.9,"samples":12345,"failed":2,
         "p50_ms":0.03,"p99_ms":0.08,"drift":1.4,"drifting":true}],
         "events":[{"kind":"drift","detail":"cpu_busy moved.","t":1767323041000}],
         "updates":[{"deployment":"r1","state":"soaking","reason":null,"t":1767323040000}]}
        """;
}
