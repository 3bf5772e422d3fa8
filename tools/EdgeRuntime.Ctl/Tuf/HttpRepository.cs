using System.Diagnostics;
using System.Net;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Ctl.Tuf;

/// <summary>A TUF repository behind HTTP.</summary>
/// <param name="patience">How long nothing may come, and after how long slowness counts. (default: 60 s)</param>
internal sealed class HttpRepository(TimeSpan? patience = null) : IDisposable
{
    /// <summary>Slower than this on average, bytes a second, a file is given up: whoever sends it wants to hold us up.</summary>
    private const double SlowestRate = 128;

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new() { Timeout = patience ?? TimeSpan.FromSeconds(60) };

    /// <summary>Gets a file whole; null when there is none.</summary>
    /// <param name="limit">Bytes after which reading stops; one more is returned to show that there are more.</param>
    /// <exception cref="IOException">The repository does not answer, or refuses.</exception>
    public byte[]? Get(string baseUrl, string name, int limit)
    {
        using MemoryStream content = new();
        bool there = Get(baseUrl, name, (bytes, _) =>
        {
            content.Write(bytes.AsSpan(0, (int)Math.Min(bytes.Length, limit + 1 - content.Length)));
            return content.Length <= limit;
        });
        return there ? content.ToArray() : null;
    }

    /// <summary>Gets a file into a check and a file; false when there is none.</summary>
    /// <exception cref="IOException">The repository does not answer, or the disk has no room.</exception>
    /// <exception cref="TufException">It is not what was promised.</exception>
    public bool Get(string baseUrl, string name, TargetHash check, Stream to) => Get(baseUrl, name, (bytes, count) =>
    {
        check.Append(bytes.AsSpan(0, count));
        to.Write(bytes, 0, count);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private bool Get(string baseUrl, string name, Func<byte[], int, bool> take)
    {
        string url = $"{baseUrl.TrimEnd('/')}/{name}";
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, url);
            using HttpResponseMessage response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);

            // Some stores answer 403 for what is not there, so that nobody learns their names.
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            {
                return false;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new IOException($"{url}: answered {(int)response.StatusCode}");
            }

            Read(url, response, take);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or UriFormatException or InvalidOperationException)
        {
            throw new IOException($"{url}: {e.Message}");
        }
    }

    private void Read(string url, HttpResponseMessage response, Func<byte[], int, bool> take)
    {
        using Stream body = response.Content.ReadAsStream();
        byte[] buffer = new byte[64 * 1024];
        Stopwatch taken = Stopwatch.StartNew();
        long received = 0;
        while (true)
        {
            using CancellationTokenSource silence = new(_patience);
            int count;
            try
            {
                // A stream of HTTP has no time-out of its own but through a token.
                count = body.ReadAsync(buffer, silence.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                throw new IOException($"{url}: nothing came for {_patience.TotalSeconds} s (prevented: slow retrieval attack)");
            }

            if (count == 0 || !take(count == buffer.Length ? buffer : buffer[..count], count))
            {
                return;
            }

            received += count;
            if (taken.Elapsed > _patience && received < taken.Elapsed.TotalSeconds * SlowestRate)
            {
                throw new IOException(
                    $"{url}: {received} bytes came in {taken.Elapsed.TotalSeconds:0} s (prevented: slow retrieval attack)");
            }
        }
    }
}
