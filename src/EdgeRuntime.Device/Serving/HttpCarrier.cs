using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Fetches chunks of packages from web servers by range requests, one after the other. Nothing of it exists before the first
/// request: a device that fetches over the broker pays neither memory nor start for it.
/// </summary>
/// <remarks>
/// What comes is handed over chunk by chunk, and trusted as little as any other: its hash decides. A request ends early when its
/// transfer does. Bounded: <see cref="MostWaiting"/> requests, more are reported as failed.
/// </remarks>
internal sealed class HttpCarrier : IDisposable
{
    private const int MostWaiting = 64;
    private const int MostRedirections = 3;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(30);

    private readonly Action<string, long, byte[]> _arrived;
    private readonly Action<string, string, bool> _failed;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _end = new();
    private readonly object _gate = new();
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly Lazy<Channel<(ChunkRequest Request, string Address)>> _requests;
    private CancellationTokenSource? _current;
    private string _currentTransfer = "";

    /// <param name="arrived">Takes each chunk: transfer, offset, bytes. Called from a thread of the pool.</param>
    /// <param name="failed">Takes each failure: transfer, a sentence, whether trying again is useless. Called there too.</param>
    /// <param name="patience">How long a server may be silent. (default: 30 s)</param>
    public HttpCarrier(
        Action<string, long, byte[]> arrived, Action<string, string, bool> failed, TimeSpan? patience = null)
    {
        _arrived = arrived;
        _failed = failed;
        _patience = patience ?? TimeSpan.FromSeconds(30);
        _requests = new(Begin);
    }

    /// <summary>Asks an address for consecutive chunks.</summary>
    public void Fetch(in ChunkRequest request, string address)
    {
        lock (_gate)
        {
            _wanted.Add(request.Transfer);
        }

        if (!_requests.Value.Writer.TryWrite((request, address)))
        {
            _failed(request.Transfer, $"{address}: {MostWaiting} requests wait already", false);
        }
    }

    /// <summary>Nothing of a transfer is wanted any more.</summary>
    public void Forget(string transfer)
    {
        lock (_gate)
        {
            _wanted.Remove(transfer);
            if (_currentTransfer == transfer)
            {
                _current?.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    private Channel<(ChunkRequest, string)> Begin()
    {
        Channel<(ChunkRequest, string)> requests = Channel.CreateBounded<(ChunkRequest, string)>(
            new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        _ = Task.Run(() => RunAsync(requests.Reader));
        return requests;
    }

    private async Task RunAsync(ChannelReader<(ChunkRequest Request, string Address)> requests)
    {
        using HttpClient http = new(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectPatience,
            PooledConnectionIdleTimeout = IdleConnection,
            MaxAutomaticRedirections = MostRedirections,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            await foreach ((ChunkRequest request, string address) in requests.ReadAllAsync(_end.Token))
            {
                if (TryBegin(request.Transfer, out CancellationToken stop))
                {
                    await FetchAsync(http, request, address, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The device stops.
        }
    }

    // False for what a failure or the end of the transfer has made void: after a failure everything is asked for anew.
    private bool TryBegin(string transfer, out CancellationToken stop)
    {
        lock (_gate)
        {
            _current?.Dispose();
            _current = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            _currentTransfer = transfer;
            stop = _current.Token;
            return _wanted.Contains(transfer);
        }
    }

    private async Task FetchAsync(HttpClient http, ChunkRequest wanted, string address, CancellationToken stop)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            silence.CancelAfter(_patience);
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.Range = new RangeHeaderValue(wanted.Offset, wanted.Offset + ((long)wanted.Length * wanted.Window) - 1);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            if (Objection(response, wanted.Offset) is (string objection, bool isGone))
            {
                Fail(wanted.Transfer, $"{address} {objection}", isGone);
                return;
            }

            long all = (long)wanted.Length * wanted.Window;
            long expected = Math.Min(all, (response.Content.Headers.ContentRange?.Length ?? long.MaxValue) - wanted.Offset);
            long came = await ReadAsync(response, wanted, silence);
            if (came < expected)
            {
                Fail(wanted.Transfer, $"{address} sent {came} of {expected} bytes", isGone: false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody wants it any more.
        }
        catch (OperationCanceledException)
        {
            Fail(wanted.Transfer, $"{address} was silent for {_patience.TotalSeconds:0} s", isGone: false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Fail(wanted.Transfer, $"{address} does not answer: {e.Message}", isGone: false);
        }
        catch (Exception e) when (e is UriFormatException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            Fail(wanted.Transfer, $"{address} cannot be asked: {e.Message}", isGone: true);
        }
    }

    private async Task<long> ReadAsync(HttpResponseMessage response, ChunkRequest wanted, CancellationTokenSource silence)
    {
        long came = 0;
        await using Stream body = await response.Content.ReadAsStreamAsync(silence.Token);
        for (int i = 0; i < wanted.Window; i++)
        {
            byte[] chunk = new byte[wanted.Length];
            int have = 0;
            while (have < chunk.Length)
            {
                silence.CancelAfter(_patience);
                int read = await body.ReadAsync(chunk.AsMemory(have), silence.Token);
                if (read == 0)
                {
                    break;
                }

                have += read;
            }

            if (have == 0)
            {
                break;
            }

            // The last chunk of an archive is shorter; one that is cut has not the length its place wants, and counts as a failure.
            _arrived(wanted.Transfer, wanted.Offset + came, have == chunk.Length ? chunk : chunk[..have]);
            came += have;
        }

        return came;
    }

    private static (string Words, bool IsGone)? Objection(HttpResponseMessage response, long offset) => response.StatusCode switch
    {
        HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == offset => null,
        HttpStatusCode.PartialContent => ("answered with another range than it was asked for", true),
        HttpStatusCode.OK => ("does not serve ranges", true),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => ($"answered {(int)response.StatusCode}", false),
        >= HttpStatusCode.InternalServerError => ($"answered {(int)response.StatusCode}", false),
        _ => ($"answered {(int)response.StatusCode}", true),
    };

    private void Fail(string transfer, string sentence, bool isGone)
    {
        lock (_gate)
        {
            // What else of it waits here is void; the engine asks anew, after its pause.
            _wanted.Remove(transfer);
        }

        _failed(transfer, sentence, isGone);
    }
}
