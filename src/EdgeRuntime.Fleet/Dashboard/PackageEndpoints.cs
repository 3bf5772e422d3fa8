using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Packages: what is here, and the door through which new ones come.</summary>
internal static class PackageEndpoints
{
    /// <summary>Largest package taken.</summary>
    public const long MaxBytes = 128L * 1024 * 1024;

    // A thousand devices for a day, a window an hour; the newest count where there are more.
    private const int MostWindows = 24_000;
    private const int MostHours = 31 * 24;
    private const int MostPoints = 240;

    public static void Map(WebApplication site, FleetHost fleet)
    {
        ControlLoop loop = fleet.Loop;
        site.MapGet("/api/packages", Reply.Guarded(async context =>
        {
            PackagesView view = await loop.AskAsync(() => new PackagesView(
                [.. loop.State.Shelf.All.Select(package => PackageViews.Of(package, loop.State.Devices))]));
            await Reply.JsonAsync(context, 200, view, FleetJson.Default.PackagesView);
        }));
        site.MapGet("/api/packages/{digest}", Reply.Guarded(context => DetailAsync(context, loop)));
        site.MapGet("/api/packages/{digest}/reference", Reply.Guarded(context => ReferenceAsync(context, loop)));
        site.MapGet("/api/packages/{digest}/inputs", Reply.Guarded(context => InputsAsync(context, fleet)));
        site.MapGet("/api/packages/{digest}/quality", Reply.Guarded(context => QualityAsync(context, fleet)));
        site.MapGet("/packages/{file}", Reply.Guarded(context => FileAsync(context, loop)));
        site.MapPost("/api/packages", Reply.Guarded(context => PushAsync(context, fleet)));
    }

    private static async Task DetailAsync(HttpContext context, ControlLoop loop)
    {
        string digest = Digest(context);
        PackageDetailView? view = await loop.AskAsync(() => ModelId.TryParse(digest, out ModelId id)
            && loop.State.Shelf.Find(id) is StoredPackage package ? PackageViews.Detail(package, loop.State.Devices) : null);
        await (view is null ? NoneAsync(context, digest) : Reply.JsonAsync(context, 200, view, FleetJson.Default.PackageDetailView));
    }

    private static async Task ReferenceAsync(HttpContext context, ControlLoop loop)
    {
        string digest = Digest(context);
        StoredPackage? package = await loop.AskAsync(() => ModelId.TryParse(digest, out ModelId id) ? loop.State.Shelf.Find(id) : null);
        await (package?.Reference is ReferenceProfile reference
            ? Reply.JsonAsync(context, 200, reference, FleetJson.Default.ReferenceProfile)
            : package is not null
                ? Reply.ErrorsAsync(context, 404, $"The package {package.Name} {package.Version} brings no reference profile.")
                : NoneAsync(context, digest));
    }

    // Off the fleet's thread: many windows are read and added up.
    private static async Task InputsAsync(HttpContext context, FleetHost fleet)
    {
        string digest = Digest(context);
        int hours = Reply.Number(context, "hours", 24, MostHours);
        ControlLoop loop = fleet.Loop;
        StoredPackage? package = await loop.AskAsync(() => ModelId.TryParse(digest, out ModelId id) ? loop.State.Shelf.Find(id) : null);
        if (package?.Reference is not ReferenceProfile reference)
        {
            await (package is null
                ? NoneAsync(context, digest)
                : Reply.ErrorsAsync(context, 404, $"The package {package.Name} {package.Version} brings no reference profile."));
            return;
        }

        long sinceMs = fleet.Parts.Time.GetUtcNow().AddHours(-hours).ToUnixTimeMilliseconds();
        InputSum sum = new(reference, MonitoringSpec.SketchedFeatures(package.Model?.Monitoring, reference));
        foreach ((string device, ReceivedWindow window) in WindowStore.OfModelBeside(loop.State.Database, package.Name, sinceMs, MostWindows))
        {
            if (window.Message.Digest == package.Digest)
            {
                sum.Take(device, window.Message);
            }
        }

        await Reply.JsonAsync(context, 200, InputsView.Of(sum, reference), FleetJson.Default.InputsView);
    }

    // Off the fleet's thread too. Of one device where the query names it.
    private static async Task QualityAsync(HttpContext context, FleetHost fleet)
    {
        string digest = Digest(context);
        string name = context.Request.Query["device"].ToString();
        int hours = Reply.Number(context, "hours", 24, MostHours);
        int points = Reply.Number(context, "points", 24, MostPoints);
        ControlLoop loop = fleet.Loop;
        StoredPackage? package = await loop.AskAsync(() => ModelId.TryParse(digest, out ModelId id) ? loop.State.Shelf.Find(id) : null);
        if (package?.Model is null)
        {
            await (package is null
                ? NoneAsync(context, digest)
                : Reply.ErrorsAsync(context, 404, $"The package {package.Name} {package.Version} brings no model."));
            return;
        }

        DeviceId? device = DeviceId.TryParse(name, out DeviceId named) ? named : null;
        if (name.Length > 0 && (device is null || await loop.AskAsync(() => loop.State.Devices.Find(named)) is null))
        {
            await Reply.ErrorsAsync(context, 404, $"No device is named '{name}'.");
            return;
        }

        long untilMs = fleet.Parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        int answers = package.Model.Output.Answers(package.Model.Decision).Count;
        QualityTimeline timeline = new(answers, untilMs - (hours * 3_600_000L), untilMs, points);
        IEnumerable<(string Device, ReceivedWindow Window)> windows = device is DeviceId one
            ? WindowStore.SinceBeside(loop.State.Database, one, package.Name, timeline.SinceMs, MostWindows).Select(window => (name, window))
            : WindowStore.OfModelBeside(loop.State.Database, package.Name, timeline.SinceMs, MostWindows);
        foreach ((string from, ReceivedWindow window) in windows)
        {
            if (window.Message.Digest == package.Digest)
            {
                timeline.Take(from, window);
            }
        }

        await Reply.JsonAsync(context, 200, QualityView.Of(timeline, package.Name, package.Version, new QualityFigures(package.Model, package.Reference)), FleetJson.Default.QualityView);
    }

    private static async Task PushAsync(HttpContext context, FleetHost fleet)
    {
        ControlLoop loop = fleet.Loop;
        byte[] archive = await PackageArchive.ReceiveAsync(context.Request.Body, new PackageLimits(MaxBytes), context.RequestAborted);

        // Hashing and signatures off the fleet's thread; only the listing is its own.
        StoredPackage package = loop.State.Shelf.Admit(archive, fleet.Parts.Time.GetUtcNow().ToUnixTimeMilliseconds());
        (string? refusal, bool isNew, PackageView view) = await loop.AskAsync(() =>
        {
            bool isNew = loop.State.Shelf.Find(package.Digest) is null;
            string? refusal = loop.State.Shelf.Add(package);
            return (refusal, isNew, PackageViews.Of(loop.State.Shelf.Find(package.Digest) ?? package, loop.State.Devices));
        });
        if (refusal is not null)
        {
            await Reply.ErrorsAsync(context, 422, refusal);
            return;
        }

        if (isNew)
        {
            fleet.Parts.Stream.Send("package", view, FleetJson.Default.PackageView);
        }

        context.Response.Headers.Location = $"/api/packages/{package.Digest}";
        await Reply.JsonAsync(context, isNew ? 201 : 200, view, FleetJson.Default.PackageView);
    }

    // What transfers.carriers names for devices. Whoever knows the hash has the order, or the package.
    private static Task FileAsync(HttpContext context, ControlLoop loop)
    {
        string file = context.Request.RouteValues["file"]?.ToString() ?? "";
        string sha256 = Path.GetFileNameWithoutExtension(file);
        bool isNamed = Path.GetExtension(file) is PackageOffers.ArchiveEnding or DeltaShelf.Ending or CipherShelf.Ending && sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower);
        string? path = isNamed ? loop.State.FileOf(sha256) : null;
        return File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/octet-stream", enableRangeProcessing: true).ExecuteAsync(context)
            : Reply.ErrorsAsync(context, 404, $"No package or delta '{file}' is here.");
    }

    private static Task NoneAsync(HttpContext context, string digest) =>
        Reply.ErrorsAsync(context, 404, $"No package with the digest '{digest}' is here.");

    private static string Digest(HttpContext context) => context.Request.RouteValues["digest"]?.ToString() ?? "";
}
