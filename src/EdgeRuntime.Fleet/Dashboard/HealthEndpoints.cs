namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>What supervisors ask: whether the process lives, whether it can work, and its figures.</summary>
internal static class HealthEndpoints
{
    public static void Map(WebApplication site, FleetHost fleet)
    {
        site.MapGet("/healthz", context => context.Response.WriteAsync("ok"));
        site.MapGet("/readyz", context => ReadyAsync(context, fleet));
        site.MapGet("/metrics", Reply.Guarded(async context =>
        {
            string text = await fleet.Loop.AskAsync(fleet.Loop.Show.Metrics);
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await context.Response.WriteAsync(text);
        }));
        site.MapGet("/api/fleet", Reply.Guarded(async context =>
            await Reply.JsonAsync(context, 200, await fleet.Loop.AskAsync(fleet.Loop.Show.Tiles), FleetJson.Default.TilesView)));
    }

    private static Task ReadyAsync(HttpContext context, FleetHost fleet)
    {
        List<string> errors = [];
        if (!fleet.Parts.Link.IsConnected)
        {
            errors.Add($"The broker at {fleet.Parts.Broker} is not connected: {fleet.Parts.Link.Detail}.");
        }

        if (fleet.Loop.StorageError is string storage)
        {
            errors.Add(storage);
        }

        return errors.Count == 0
            ? Reply.JsonAsync(context, 200, new ReadyView(true), FleetJson.Default.ReadyView)
            : Reply.ErrorsAsync(context, 503, errors);
    }
}
