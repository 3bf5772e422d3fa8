using System.Threading.Channels;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The stream of server-sent events that keeps a page live.</summary>
internal static class StreamEndpoint
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly byte[] Comment = ": \n\n"u8.ToArray();

    public static void Map(WebApplication site, FleetHost fleet) =>
        site.MapGet("/api/stream", context => StreamAsync(context, fleet, site.Lifetime.ApplicationStopping));

    private static async Task StreamAsync(HttpContext context, FleetHost fleet, CancellationToken stopping)
    {
        Broadcast stream = fleet.Parts.Stream;
        Channel<ReadOnlyMemory<byte>>? messages = stream.Subscribe();
        if (messages is null)
        {
            await Reply.ErrorsAsync(context, 503, $"{Broadcast.MaxSubscribers} pages are open already; close one.");
            return;
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            HelloView hello = new(
                FleetShow.Version, fleet.Parts.Instance, fleet.Parts.Time.GetUtcNow().ToUnixTimeMilliseconds());
            await context.Response.Body.WriteAsync(Broadcast.Frame("hello", hello, FleetJson.Default.HelloView), end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            while (await WaitAsync(messages.Reader, fleet.Parts.Time, end.Token) is bool hasMessages)
            {
                if (!hasMessages)
                {
                    await context.Response.Body.WriteAsync(Comment, end.Token);
                }

                while (messages.Reader.TryRead(out ReadOnlyMemory<byte> frame))
                {
                    await context.Response.Body.WriteAsync(frame, end.Token);
                }

                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The page left, or the manager stops: the ordinary end of a stream.
        }
        finally
        {
            stream.Unsubscribe(messages);
        }
    }

    // True when there are messages, false when it is time for a sign of life, null at the end of the stream.
    private static async Task<bool?> WaitAsync(ChannelReader<ReadOnlyMemory<byte>> messages, TimeProvider time, CancellationToken end)
    {
        using CancellationTokenSource silence = new(KeepAlive, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, end);
        try
        {
            return await messages.WaitToReadAsync(either.Token) ? true : null;
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return false;
        }
    }
}
