using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>The web server: the page's files, the REST interface, the stream. See the endpoints for each.</summary>
internal static class Site
{
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromMilliseconds(800);

    // Nothing but what we serve ourselves, and nothing written into the page: a device's words can never become a script.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Builds the server; it listens once started.</summary>
    public static WebApplication Build(FleetOptions options, FleetHost fleet, ILoggerFactory logs)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Site).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = WebRoot(),
        });
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownPatience);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options.HttpUrl));
        WebApplication site = builder.Build();
        site.Use(RequestGuard.For(options));
        site.UseDefaultFiles();
        site.UseStaticFiles(new StaticFileOptions
        {
            // The page is small and changes with the program; asking again costs one 304.
            OnPrepareResponse = context =>
            {
                context.Context.Response.Headers.CacheControl = "no-cache";
                context.Context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
                context.Context.Response.Headers.XContentTypeOptions = "nosniff";
            },
        });
        HealthEndpoints.Map(site, fleet);
        DeviceEndpoints.Map(site, fleet);
        PackageEndpoints.Map(site, fleet);
        RolloutEndpoints.Map(site, fleet);
        StreamEndpoint.Map(site, fleet);
        return site;
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = PackageEndpoints.MaxBytes;
        kestrel.Limits.MaxConcurrentConnections = 1000;
        if (url.Host is "localhost")
        {
            kestrel.ListenLocalhost(url.Port);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port);
        }
    }

    // Published, the files lie beside the program; built in the source tree, in the project.
    private static string WebRoot()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        return Directory.Exists(beside) ? beside : AppContext.BaseDirectory;
    }
}
