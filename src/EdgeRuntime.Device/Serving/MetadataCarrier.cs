using System.Net;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Fetches TUF metadata from a web server, one file at a time. Nothing of it exists before the first request. What comes is believed
/// as little as any other metadata: the client's workflow decides.
/// </summary>
internal sealed class MetadataCarrier : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    // For one file, however slowly it comes: the longest is a megabyte.
    private static readonly TimeSpan FilePatience = TimeSpan.FromMinutes(2);

    private readonly string _address;
    private readonly Action<string, byte[]?> _arrived;
    private readonly Action<string> _failed;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _end = new();
    private readonly Lazy<HttpClient> _http = new(() => new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectPatience, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });

    /// <param name="address">Of the directory that holds the files.</param>
    /// <param name="arrived">Takes a name and its bytes, null where there is no such file. Called from a thread of the pool.</param>
    /// <param name="failed">Takes a sentence. Called there too.</param>
    /// <param name="patience">For one file. (default: 2 min)</param>
    public MetadataCarrier(string address, Action<string, byte[]?> arrived, Action<string> failed, TimeSpan? patience = null)
    {
        _address = address.TrimEnd('/');
        _arrived = arrived;
        _failed = failed;
        _patience = patience ?? FilePatience;
    }

    /// <summary>Asks for a file.</summary>
    /// <param name="limit">Bytes after which reading stops; one more shows that there are more.</param>
    public void Fetch(string name, int limit) => Task.Run(() => FetchAsync($"{_address}/{name}", name, limit));

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private async Task FetchAsync(string address, string name, int limit)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            stop.CancelAfter(_patience);
            using HttpResponseMessage response = await _http.Value.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stop.Token);

            // Some stores answer 403 for what is not there, so that nobody learns their names.
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            {
                _arrived(name, null);
            }
            else if (response.IsSuccessStatusCode)
            {
                _arrived(name, await ReadAsync(response, limit, stop.Token));
            }
            else
            {
                _failed($"{address} answered {(int)response.StatusCode}");
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The device stops.
        }
        catch (OperationCanceledException)
        {
            _failed($"{address} took longer than {_patience.TotalSeconds:0} s (prevented: slow retrieval attack)");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            _failed($"{address} does not answer: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken stop)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(stop);
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while (content.Length <= limit && (read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit + 1 - content.Length)), stop)) > 0)
        {
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
