using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class MetadataCarrierTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MetadataCarrierTests() => _server.Start();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("HTTP/1.1 200 O\r\nContent-Length: 4\r\n\r\nroot", "1.root.json: root")]
    [InlineData("HTTP/1.1 200 O\r\nContent-Length: 20\r\n\r\nrootrootrootrootroot", "1.root.json: rootroot+")]
    [InlineData("HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n", "1.root.json: none")]
    [InlineData("HTTP/1.1 403 F\r\nContent-Length: 0\r\n\r\n", "1.root.json: none")]
    [InlineData("HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n", "/metadata/1.root.json answered 503")]
    [InlineData("HTTP/1.1 200 O\r\nContent-Length: 4\r\n\r\nro", "does not answer")]
    public async Task A_file_comes_whole_or_one_byte_longer_than_it_may_be_and_what_goes_wrong_is_told(string answer, string expected)
    {
        using MetadataCarrier carrier = Carrier(null);
        Task<string> asked = AnswerAsync(answer);

        carrier.Fetch("1.root.json", 8);
        string told = await _told.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains(expected, told, StringComparison.Ordinal);
        Assert.StartsWith("GET /metadata/1.root.json HTTP/1.1\r\n", await asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_sends_too_slowly_is_given_up_by_the_attacks_name()
    {
        using MetadataCarrier carrier = Carrier(TimeSpan.FromMilliseconds(50));

        carrier.Fetch("1.root.json", 8);

        Assert.Contains("slow retrieval attack", await _told.Task.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    private MetadataCarrier Carrier(TimeSpan? patience) => new(
        $"http://{_server.LocalEndpoint}/metadata/",
        (name, bytes) => _told.TrySetResult($"{name}: {(bytes is null ? "none" : bytes.Length > 8 ? "rootroot+" : Encoding.ASCII.GetString(bytes))}"),
        reason => _told.TrySetResult(reason),
        patience);

    private async Task<string> AnswerAsync(string answer)
    {
        using TcpClient client = await _server.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[4096];
        int length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            length += await stream.ReadAsync(buffer.AsMemory(length));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
