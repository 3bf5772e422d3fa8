using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Fleet.Monitoring;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Devices, their windows and what happened to them.</summary>
internal static class DeviceEndpoints
{
    private const int MostWindows = 240;
    private const int MostEvents = 500;
    private const int MostReplayed = 10_000;

    public static void Map(WebApplication site, FleetHost fleet)
    {
        ControlLoop loop = fleet.Loop;
        site.MapGet("/api/devices", Reply.Guarded(async context =>
            await Reply.JsonAsync(context, 200, await loop.AskAsync(loop.Show.Devices), FleetJson.Default.DevicesView)));
        site.MapGet("/api/devices/{id}", Reply.Guarded(context => DeviceAsync(context, loop)));
        site.MapGet("/api/devices/{id}/history", Reply.Guarded(context => HistoryAsync(context, loop)));
        site.MapGet("/api/devices/{id}/windows", Reply.Guarded(context => WindowsAsync(context, loop)));
        site.MapGet("/api/events", Reply.Guarded(async context =>
        {
            int limit = Reply.Number(context, "limit", 100, MostEvents);
            string? kind = context.Request.Query["kind"];
            EventsView view = await loop.AskAsync(() => new EventsView(EventStore.Newest(loop.State.Database, kind, limit)));
            await Reply.JsonAsync(context, 200, view, FleetJson.Default.EventsView);
        }));
        site.MapGet("/api/malformed", Reply.Guarded(context => Reply.JsonAsync(
            context, 200, new MalformedView(fleet.Parts.Counters.Samples), FleetJson.Default.MalformedView)));
    }

    private static async Task DeviceAsync(HttpContext context, ControlLoop loop)
    {
        int windows = Reply.Number(context, "windows", 30, MostWindows);
        int events = Reply.Number(context, "events", 50, MostEvents);
        string name = Name(context);
        DeviceDetailView? view = DeviceId.TryParse(name, out DeviceId id)
            ? await loop.AskAsync(() => loop.Show.Device(id, windows, events))
            : null;
        await (view is null
            ? Reply.ErrorsAsync(context, 404, $"No device is named '{name}'.")
            : Reply.JsonAsync(context, 200, view, FleetJson.Default.DeviceDetailView));
    }

    private static async Task HistoryAsync(HttpContext context, ControlLoop loop)
    {
        int points = Reply.Number(context, "points", LiveModel.MaxPoints, LiveModel.MaxPoints);
        string model = context.Request.Query["model"].ToString();
        string name = Name(context);
        HistoryView? view = DeviceId.TryParse(name, out DeviceId id)
            ? await loop.AskAsync(() => loop.Show.History(id, model, points))
            : null;
        await (view is null
            ? Reply.ErrorsAsync(context, 404, $"No device is named '{name}'.")
            : Reply.JsonAsync(context, 200, view, FleetJson.Default.HistoryView));
    }

    // As the device sent them, one a line: what 'edgectl replay' judges again.
    private static async Task WindowsAsync(HttpContext context, ControlLoop loop)
    {
        int most = Reply.Number(context, "limit", MostReplayed, MostReplayed);
        string model = context.Request.Query["model"].ToString();
        string name = Name(context);
        List<ReceivedWindow>? windows = DeviceId.TryParse(name, out DeviceId id) && await loop.AskAsync(() => loop.State.Devices.Find(id)) is not null
            ? WindowStore.NewestBeside(loop.State.Database, id, model, most)
            : null;
        if (windows is null)
        {
            await Reply.ErrorsAsync(context, 404, $"No device is named '{name}'.");
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        foreach (ReceivedWindow window in windows)
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, window.Message, WireJson.Default.WindowMessage);
            await context.Response.WriteAsync("\n");
        }
    }

    private static string Name(HttpContext context) => context.Request.RouteValues["id"]?.ToString() ?? "";
}
