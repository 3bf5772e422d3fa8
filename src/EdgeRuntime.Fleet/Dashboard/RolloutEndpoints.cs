using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Rollouts: begin, watch, abort, resume.</summary>
internal static class RolloutEndpoints
{
    private const int MostEvaluations = 500;

    public static void Map(WebApplication site, FleetHost fleet)
    {
        ControlLoop loop = fleet.Loop;
        site.MapGet("/api/rollouts", Reply.Guarded(async context =>
        {
            int limit = Reply.Number(context, "limit", 50, RolloutDriver.EndedKept);
            RolloutsView view = await loop.AskAsync(() => new RolloutsView(
                [.. loop.State.Rollouts.All.Take(limit).Select(rollout => loop.Show.Rollout(rollout, complete: false))]));
            await Reply.JsonAsync(context, 200, view, FleetJson.Default.RolloutsView);
        }));
        site.MapPost("/api/rollouts", Reply.Guarded(context => StartAsync(context, fleet)));
        site.MapGet("/api/rollouts/{id}", Reply.Guarded(context => OneAsync(context, loop)));
        site.MapGet("/api/rollouts/{id}/evaluations", Reply.Guarded(context => EvaluationsAsync(context, loop)));
        site.MapPost("/api/rollouts/{id}/abort", Reply.Guarded(context => AbortAsync(context, fleet)));
        site.MapPost("/api/rollouts/{id}/resume", Reply.Guarded(context => ResumeAsync(context, fleet)));
    }

    private static async Task StartAsync(HttpContext context, FleetHost fleet)
    {
        StartRollout? request = await Reply.BodyAsync(context, (body, mistakes) => StartRollout.Read(body, mistakes));
        if (request is not null)
        {
            long nowMs = NowMs(fleet);
            RolloutView view = await fleet.Loop.AskAsync(() =>
                fleet.Loop.Show.Rollout(fleet.Loop.State.Rollouts.Start(request, nowMs), complete: true));
            context.Response.Headers.Location = $"/api/rollouts/{view.Id}";
            await Reply.JsonAsync(context, 201, view, FleetJson.Default.RolloutView);
        }
    }

    private static async Task OneAsync(HttpContext context, ControlLoop loop)
    {
        string id = Id(context);
        RolloutView? view = await loop.AskAsync(() =>
            loop.State.Rollouts.Find(id) is Rollout rollout ? loop.Show.Rollout(rollout, complete: true) : null);
        await (view is null ? NoneAsync(context, id) : Reply.JsonAsync(context, 200, view, FleetJson.Default.RolloutView));
    }

    private static async Task EvaluationsAsync(HttpContext context, ControlLoop loop)
    {
        int limit = Reply.Number(context, "limit", 100, MostEvaluations);
        string id = Id(context);
        EvaluationsView? view = await loop.AskAsync(() => loop.State.Rollouts.Find(id) is null
            ? null
            : new EvaluationsView([.. loop.State.Store.Evaluations(id, limit).Select(evaluation => evaluation.Finding)]));
        await (view is null ? NoneAsync(context, id) : Reply.JsonAsync(context, 200, view, FleetJson.Default.EvaluationsView));
    }

    private static async Task AbortAsync(HttpContext context, FleetHost fleet)
    {
        string? mode = await Reply.BodyAsync(context, (body, mistakes) => JsonFile.Read(
            body, "body", mistakes, root => root.RequiredChoice("mode", ["revert", "keep"])));
        if (mode is not null)
        {
            await AskAsync(context, fleet, new RolloutEvent.AbortAsked(mode == "revert") { AtMs = NowMs(fleet) });
        }
    }

    private static async Task ResumeAsync(HttpContext context, FleetHost fleet)
    {
        string? nothing = await Reply.BodyAsync(context, (body, mistakes) => JsonFile.Read(body, "body", mistakes, _ => ""));
        if (nothing is not null)
        {
            await AskAsync(context, fleet, new RolloutEvent.ResumeAsked { AtMs = NowMs(fleet) });
        }
    }

    private static async Task AskAsync(HttpContext context, FleetHost fleet, RolloutEvent wish)
    {
        string id = Id(context);
        RolloutView? view = await fleet.Loop.AskAsync(() => fleet.Loop.State.Rollouts.Find(id) is null
            ? null
            : fleet.Loop.Show.Rollout(fleet.Loop.State.Rollouts.Ask(id, wish), complete: true));
        await (view is null ? NoneAsync(context, id) : Reply.JsonAsync(context, 200, view, FleetJson.Default.RolloutView));
    }

    private static long NowMs(FleetHost fleet) => fleet.Parts.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task NoneAsync(HttpContext context, string id) => Reply.ErrorsAsync(context, 404, $"No rollout is named '{id}'.");

    private static string Id(HttpContext context) => context.Request.RouteValues["id"]?.ToString() ?? "";
}
