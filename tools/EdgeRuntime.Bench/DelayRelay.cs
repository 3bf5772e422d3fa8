using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace EdgeRuntime.Bench;

/// <summary>
/// A TCP relay before a broker that holds every byte back for a fixed time in each direction, as a long line does, and lets as
/// many of them be under way as there are.
/// </summary>
internal sealed class DelayRelay : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly TimeSpan _oneWay;
    private long _delivered;

    public DelayRelay(int target, TimeSpan oneWay)
    {
        _target = target;
        _oneWay = oneWay;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes that went towards those who connected.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync(_end.Token);
                TcpClient far = new();
                await far.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                (near.NoDelay, far.NoDelay) = (true, true);
                _ = CarryAsync(near, far, count: false);
                _ = CarryAsync(far, near, count: true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is over, or the broker is not there; who connected sees it.
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to, bool count)
    {
        Channel<(byte[] Bytes, long Due)> line = Channel.CreateUnbounded<(byte[], long)>();
        Task sending = SendAsync(line.Reader, to, count);
        try
        {
            byte[] piece = new byte[PieceBytes];
            int read;
            while ((read = await from.GetStream().ReadAsync(piece, _end.Token)) > 0)
            {
                line.Writer.TryWrite((piece[..read], Stopwatch.GetTimestamp() + (long)(_oneWay.TotalSeconds * Stopwatch.Frequency)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end is gone.
        }

        line.Writer.TryComplete();
        await sending;
        from.Dispose();
        to.Dispose();
    }

    private async Task SendAsync(ChannelReader<(byte[] Bytes, long Due)> line, TcpClient to, bool count)
    {
        try
        {
            await foreach ((byte[] bytes, long due) in line.ReadAllAsync(_end.Token))
            {
                TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (left > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(left, _end.Token);
                }

                await to.GetStream().WriteAsync(bytes, _end.Token);
                Interlocked.Add(ref _delivered, count ? bytes.Length : 0);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // As above.
        }
    }
}
