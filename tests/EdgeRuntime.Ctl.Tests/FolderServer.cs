using System.Net;
using System.Net.Sockets;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>Serves a folder over HTTP, as any web server would a TUF repository.</summary>
internal sealed class FolderServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _root;
    private readonly Task _serving;

    public FolderServer(string root)
    {
        _root = root;
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Begins every file and never ends it.</summary>
    public bool Stalls { get; init; }

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
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

            string path = Path.Combine(_root, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath.TrimStart('/')));
            if (Stalls)
            {
                context.Response.SendChunked = true;
                await context.Response.OutputStream.WriteAsync(new byte[1]);
                await context.Response.OutputStream.FlushAsync();
                continue;
            }

            if (File.Exists(path))
            {
                await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
            }
            else
            {
                context.Response.StatusCode = 404;
            }

            context.Response.Close();
        }
    }
}
