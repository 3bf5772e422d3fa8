using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class HttpCarrierTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7))];

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly Dictionary<long, byte[]> _arrived = [];
    private readonly TaskCompletionSource<(string Reason, bool IsGone)> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpCarrierTests() => _server.Start();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_range_comes_chunk_by_chunk_and_the_last_one_is_what_is_left()
    {
        using HttpCarrier carrier = Carrier();
        Task<string> asked = Answer($"HTTP/1.1 206 P\r\nContent-Range: bytes 8192-9999/10000\r\nContent-Length: 1808\r\n\r\n", Content[8192..]);

        carrier.Fetch(Wanted(8192, window: 4), Address);
        await _whole.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("Range: bytes=8192-12287\r\n", await asked, StringComparison.Ordinal);
        Assert.Equal([8192L, 9216L], _arrived.Keys.Order());
        Assert.Equal(Content[9216..], _arrived[9216]);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n", "answered 404", true)]
    [InlineData("HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n", "answered 503", false)]
    [InlineData("HTTP/1.1 200 O\r\nContent-Length: 0\r\n\r\n", "does not serve ranges", true)]
    [InlineData("HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n", "another range", true)]
    [InlineData("HTTP/1.1 206 P\r\nContent-Range: bytes 8192-9999/10000\r\nContent-Length: 0\r\n\r\n", "sent 0 of 1808 bytes", false)]
    [InlineData("HTTP/1.1 206 P\r\nContent-Range: bytes 8192-9999/10000\r\nContent-Length: 1808\r\n\r\n", "does not answer", false)]
    [InlineData("no HTTP at all", "does not answer", false)]
    public async Task What_goes_wrong_is_told_in_a_sentence_and_whether_it_will_stay_so(string answer, string words, bool isGone)
    {
        using HttpCarrier carrier = Carrier();
        _ = Answer(answer, []);

        carrier.Fetch(Wanted(8192, window: 4), Address);
        (string reason, bool gone) = await _failed.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains(words, reason, StringComparison.Ordinal);
        Assert.Equal(isGone, gone);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_given_up()
    {
        using HttpCarrier carrier = Carrier(TimeSpan.FromMilliseconds(50));

        carrier.Fetch(Wanted(0, window: 1), Address);

        Assert.Contains("was silent", (await _failed.Task.WaitAsync(TimeSpan.FromSeconds(30))).Reason, StringComparison.Ordinal);
    }

    private string Address => $"http://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}/plant.edgepkg";

    private static ChunkRequest Wanted(long offset, int window) => new(new string('a', 64), offset, 1024, window, "t-1");

    private HttpCarrier Carrier(TimeSpan? patience = null) => new(
        (_, offset, bytes) =>
        {
            _arrived[offset] = bytes;
            if (offset + bytes.Length == Content.Length)
            {
                _whole.TrySetResult();
            }
        },
        (_, reason, isGone) => _failed.TrySetResult((reason, isGone)),
        patience);

    // Takes one connection, reads the request's head, and answers.
    private async Task<string> Answer(string head, byte[] body)
    {
        using TcpClient client = await _server.AcceptTcpClientAsync();
        byte[] buffer = new byte[4096];
        StringBuilder asked = new();
        while (!asked.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            asked.Append(Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer)));
        }

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await client.GetStream().WriteAsync(body);
        return asked.ToString();
    }
}
