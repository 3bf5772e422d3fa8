namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Keeps other people's pages out: a browser on this machine would carry their requests to a manager without a login.</summary>
internal static class RequestGuard
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Refuses a request for a host name that is not ours (another name that resolves to this address), and one that
    /// changes something on behalf of another origin.
    /// </summary>
    public static Func<HttpContext, RequestDelegate, Task> For(FleetOptions options)
    {
        string[] allowed = [.. Loopback, options.HttpUrl.Host, .. options.AllowedHosts];
        return (context, next) =>
        {
            HttpRequest request = context.Request;
            if (!allowed.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
            {
                return Reply.ErrorsAsync(context, 403, $"The host name '{request.Host.Host}' is not served here; see http.allowed_hosts.");
            }

            string origin = request.Headers.Origin.ToString();
            bool isForeign = origin.Length > 0
                && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority == request.Host.ToString());
            return isForeign && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
                ? Reply.ErrorsAsync(context, 403, "Requests of other pages are not taken.")
                : next(context);
        };
    }
}
