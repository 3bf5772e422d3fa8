using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Dashboard;

/// <summary>The REST interface as a client sees it: a real web server on a free port, real threads, a broker in memory.</summary>
public sealed class RestTests : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly InMemoryBroker _broker = new(TimeProvider.System, withThread: true);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _archive = TestPackages.Archive("1.0.0", 1);
    private FleetHost _fleet = null!;
    private WebApplication _site = null!;
    private Task _running = Task.CompletedTask;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        FleetOptions options = new()
        {
            StateDirectory = _directory.Path,
            HttpUrl = new Uri("http://127.0.0.1:0"),
            DeployKeys = [TufSigningKey.OfEcdsa(TestPackages.DeployKey)],
            ReleaseKeys = [TestPackages.ReleaseKey.Public],
        };
        _fleet = FleetHost.Compose(options, link => new InMemoryLink(_broker, link), TimeProvider.System, new Random(1), NullLogger.Instance);
        _site = Site.Build(options, _fleet, NullLoggerFactory.Instance);
        await _site.StartAsync();
        _running = Task.Run(() => _fleet.RunAsync(_stop.Token));
        string url = _site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _site.DisposeAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _fleet.Dispose();
        _broker.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_fresh_manager_answers_every_list_with_nothing()
    {
        Assert.Equal("ok", await _client.GetStringAsync("/healthz"));
        Assert.Equal(0, (int)(await Json("/api/fleet"))["devices"]!);
        Assert.Empty((await Json("/api/devices"))["devices"]!.AsArray());
        Assert.Empty((await Json("/api/packages"))["packages"]!.AsArray());
        Assert.Empty((await Json("/api/rollouts"))["rollouts"]!.AsArray());
        Assert.Empty((await Json("/api/events"))["events"]!.AsArray());
        Assert.Empty((await Json("/api/malformed"))["malformed"]!.AsArray());
        Assert.Contains("edge_fleet_broker_connected 1", await _client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_is_pushed_listed_and_pushed_again()
    {
        using HttpResponseMessage first = await Push(_archive);
        using HttpResponseMessage again = await Push(_archive);
        JsonNode package = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        string digest = (string)package["digest"]!;

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("vitals", (string)package["name"]!);
        Assert.Equal($"/api/packages/{digest}", first.Headers.Location!.ToString());
        Assert.Equal("classification", (string)(await Json($"/api/packages/{digest}"))["manifest"]!["output"]!["kind"]!);
        Assert.Equal("busy", (string)(await Json($"/api/packages/{digest}/reference"))["features"]![0]!["name"]!);
        Assert.Single((await Json("/api/packages"))["packages"]!.AsArray());
    }

    [Fact]
    public async Task The_inputs_of_a_package_are_there_before_any_device_sent_some()
    {
        using HttpResponseMessage pushed = await Push(_archive);

        JsonNode inputs = await Json($"/api/packages/{TestPackages.LabelOf(_archive).Digest}/inputs?hours=2");

        Assert.Equal(0, (long)inputs["windows"]!);
        Assert.Equal(["busy", "disk"], inputs["features"]!.AsArray().Select(feature => (string)feature!["name"]!));
        Assert.Null(inputs["features"]![0]!["mean"]);
    }

    [Fact]
    public async Task The_quality_of_a_package_is_empty_before_any_device_said_something_and_of_an_unknown_device_refused()
    {
        using HttpResponseMessage pushed = await Push(_archive);
        string path = $"/api/packages/{TestPackages.LabelOf(_archive).Digest}/quality";

        JsonNode quality = await Json($"{path}?hours=2");
        using HttpResponseMessage strange = await _client.GetAsync($"{path}?device=nobody");

        Assert.Equal((0, 0), ((int)quality["windows"]!, quality["metrics"]!.AsArray().Count + quality["estimates"]!.AsArray().Count + quality["points"]!.AsArray().Count));
        Assert.Equal(HttpStatusCode.NotFound, strange.StatusCode);
    }

    [Fact]
    public async Task A_package_that_is_wrong_is_refused_with_sentences()
    {
        using SigningKey stranger = SigningKey.Create();
        byte[] flipped = [.. _archive];
        flipped[^2000] ^= 1;

        foreach (byte[] archive in new[] { flipped, TestPackages.Archive("2.0.0", 2, key: stranger), [], "not a package"u8.ToArray() })
        {
            using HttpResponseMessage answer = await Push(archive);

            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.NotEmpty(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsArray());
        }
    }

    [Fact]
    public async Task A_package_that_is_too_large_is_refused_before_it_fills_the_memory()
    {
        using HttpResponseMessage answer = await Push(new byte[PackageEndpoints.MaxBytes + 1]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Every_mistake_of_a_rollout_request_is_listed_with_its_place()
    {
        const string Body = """
            {"stages":[{"percent":50},{"percent":25}],"canary":["Dev A"],"on_halt":"panic",
             "gate":{"min_samples":0,"max_eror_share":1}}
            """;

        using HttpResponseMessage answer = await Post("/api/rollouts", Body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        string[] errors = [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsArray().Select(e => (string)e!)];
        Assert.Equal(
        [
            "body:1:1: package: is missing; it must be a text",
            "body:1:11: stages: stage 1 has 25 percent, which is not above 50 of the one before",
            "body:1:11: stages: the last stage has 25 percent; it must be 100, so that the rollout can end",
            "body:1:53: canary[0]: 'Dev A' is not a device id: use 1 to 63 of a-z, 0-9 and '-'",
            "body:1:72: on_halt: \"panic\" is not one of revert, hold",
            "body:2:24: gate.min_samples: 0 is outside 1 to 1000000000",
            "body:2:26: gate.max_eror_share: is not known here; did you mean 'max_error_share'?",
        ], errors);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_in_a_sentence()
    {
        foreach (string path in new[]
        {
            "/api/devices/nobody", "/api/devices/NOBODY/history", "/api/packages/abc", "/api/packages/abc/reference",
            "/api/rollouts/none", "/api/rollouts/none/evaluations",
        })
        {
            using HttpResponseMessage answer = await _client.GetAsync(path);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsArray());
        }

        using HttpResponseMessage abort = await Post("/api/rollouts/none/abort", """{"mode":"revert"}""");
        Assert.Equal(HttpStatusCode.NotFound, abort.StatusCode);
    }

    [Fact]
    public async Task A_rollout_of_a_package_that_is_not_here_or_a_model_nobody_runs_is_refused()
    {
        using HttpResponseMessage unknown = await Post("/api/rollouts", """{"package":"vitals@1.0.0"}""");
        using HttpResponseMessage pushed = await Push(_archive);
        using HttpResponseMessage nobody = await Post("/api/rollouts", """{"package":"vitals@1.0.0"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
        Assert.Contains("push it first", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("No device reports the model vitals", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.UnprocessableEntity)]
    public async Task Requests_that_another_page_sends_through_the_browser_are_not_taken(
        string? origin, string? host, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/rollouts")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        request.Headers.Host = host;

        using HttpResponseMessage answer = await _client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_not_declared_as_json_is_not_read()
    {
        using StringContent body = new("""{"package":"vitals@1.0.0"}""", Encoding.UTF8, "text/plain");
        using HttpResponseMessage answer = await _client.PostAsync(new Uri("/api/rollouts", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_broker_the_manager_serves_and_says_that_it_is_not_ready()
    {
        await Until(async () => (await _client.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);

        _broker.GoDown(forget: true);

        await Until(async () => (await _client.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.False((bool)(await Json("/api/fleet"))["broker"]!["connected"]!);
        _broker.ComeUp();
        await Until(async () => (await _client.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_stream_says_hello_and_then_tells_what_happens()
    {
        using HttpResponseMessage answer = await _client.GetAsync("/api/stream", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("event: hello", await lines.ReadLineAsync());
        Assert.Equal("main", (string)JsonNode.Parse((await lines.ReadLineAsync())!["data: ".Length..])!["instance"]!);

        using HttpResponseMessage pushed = await Push(_archive);

        string? line;
        do
        {
            line = await lines.ReadLineAsync();
        }
        while (line is not null && line != "event: package");
        Assert.Equal("1.0.0", (string)JsonNode.Parse((await lines.ReadLineAsync())!["data: ".Length..])!["version"]!);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<JsonNode> Json(string path) => JsonNode.Parse(await _client.GetStringAsync(path))!;

    private async Task<HttpResponseMessage> Push(byte[] archive)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/packages");
        using ByteArrayContent body = new(archive);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content = body;

        // The manager may refuse by the length alone; without this the client would still be sending and break off.
        request.Headers.ExpectContinue = true;
        return await _client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> Post(string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        return await _client.PostAsync(new Uri(path, UriKind.Relative), body);
    }
}
