using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>Talks to the fleet manager's REST interface, and says in sentences what it refused.</summary>
internal sealed class FleetClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What a fleet answers fits; a stranger's endless page must not fill the memory.
    private const long LargestAnswer = 64 * 1024 * 1024;

    private readonly HttpClient _http;

    public FleetClient(Uri address)
    {
        Address = address;
        _http = new HttpClient
        {
            BaseAddress = address,
            Timeout = Patience,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Where the fleet is.</summary>
    public Uri Address { get; }

    /// <summary>Gets a resource.</summary>
    /// <exception cref="CommandException">The fleet does not answer, or refuses.</exception>
    public Task<FleetAnswer> GetAsync(string path, CancellationToken stop) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), stop);

    /// <summary>Posts JSON.</summary>
    /// <exception cref="CommandException">As <see cref="GetAsync"/>.</exception>
    public Task<FleetAnswer> PostAsync<T>(string path, T body, JsonTypeInfo<T> form, CancellationToken stop) =>
        PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(body, form), "application/json", stop);

    /// <summary>Posts bytes.</summary>
    /// <exception cref="CommandException">As <see cref="GetAsync"/>.</exception>
    public Task<FleetAnswer> PostAsync(string path, byte[] body, string type, CancellationToken stop)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<FleetAnswer> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, stop);
            byte[] body = await response.Content.ReadAsByteArrayAsync(stop);
            return response.IsSuccessStatusCode
                ? new FleetAnswer(body, response.StatusCode == HttpStatusCode.Created, Address)
                : throw Refused(response.StatusCode, body);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException(ExitCode.Unavailable, Silent(e));
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandException(
                ExitCode.Unavailable, $"the fleet at {Address} did not answer within {Patience.TotalSeconds} s");
        }
        finally
        {
            request.Dispose();
        }
    }

    private string Silent(HttpRequestException e)
    {
        string why = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? "nothing listens there"
            : e.Message;
        return $"the fleet at {Address} does not answer: {why} "
            + $"(is edge-fleet running? --fleet URL or ${FleetAddress.Variable} says where)";
    }

    private CommandException Refused(HttpStatusCode status, byte[] body)
    {
        int code = status == HttpStatusCode.ServiceUnavailable ? ExitCode.Unavailable : ExitCode.Data;
        IReadOnlyList<string>? errors = null;
        try
        {
            errors = JsonSerializer.Deserialize(body, FleetJson.Default.FleetErrors)?.Errors;
        }
        catch (JsonException)
        {
            // Not the fleet's own answer: a proxy's page, or another program on that port.
        }

        return errors is { Count: > 0 }
            ? new CommandException(code, [.. errors.Select(Table.Plain)])
            : new CommandException(
                code, $"{Address} answered {(int)status} {status} without a reason; is that an edge-fleet?");
    }
}

/// <summary>What the fleet answered.</summary>
/// <param name="Created">True for 201.</param>
internal sealed record FleetAnswer(byte[] Body, bool Created, Uri Address)
{
    /// <summary>The answer as a record.</summary>
    /// <exception cref="CommandException">It is not one.</exception>
    public T As<T>(JsonTypeInfo<T> form)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, form) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CommandException(
                ExitCode.Unavailable, $"{Address} answered with what is not a fleet's answer; is that an edge-fleet?");
        }
    }

    /// <summary>Prints the answer as it came.</summary>
    public void Print(Surroundings around) =>
        around.Output.WriteLine(System.Text.Encoding.UTF8.GetString(Body).TrimEnd());
}
