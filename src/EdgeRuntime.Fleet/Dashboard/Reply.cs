using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Answers of the REST interface.</summary>
internal static class Reply
{
    /// <summary>Largest JSON body that is read.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>A value as JSON.</summary>
    public static Task JsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), context.RequestAborted).AsTask();
    }

    /// <summary>What is wrong, one sentence each.</summary>
    public static Task ErrorsAsync(HttpContext context, int status, params IReadOnlyList<string> sentences) =>
        JsonAsync(context, status, new ErrorsView(sentences), FleetJson.Default.ErrorsView);

    /// <summary>Runs a handler, and turns the failures it may have into answers.</summary>
    public static RequestDelegate Guarded(RequestDelegate handler) => async context =>
    {
        try
        {
            await handler(context);
        }
        catch (RolloutRefusedException e)
        {
            await ErrorsAsync(context, e.IsConflict ? 409 : 422, e.Sentences);
        }
        catch (PackageRejectedException e)
        {
            await ErrorsAsync(context, e.Fault == PackageFault.TooLarge ? 413 : 422, e.Lines);
        }
        catch (FleetBusyException e)
        {
            await ErrorsAsync(context, 503, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await ErrorsAsync(context, e.StatusCode, e.Message);
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await ErrorsAsync(context, 503, $"The disk or the connection failed: {e.Message}");
        }
    };

    /// <summary>Reads a JSON body; null when the answer with what is wrong was sent already.</summary>
    public static async Task<T?> BodyAsync<T>(HttpContext context, Func<byte[], Mistakes, T?> read) where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            await ErrorsAsync(context, 415, "Send the body as application/json.");
            return null;
        }

        byte[] body = await PackageArchive.ReceiveAsync(
            context.Request.Body, new PackageLimits(MaxBodyBytes), context.RequestAborted);
        Mistakes mistakes = new();
        T? value = read(body, mistakes);
        if (mistakes.Any)
        {
            await ErrorsAsync(context, 422, [.. mistakes.Lines()]);
            return null;
        }

        return value;
    }

    /// <summary>A number of the query, within its bounds; the fallback where it is absent or no number.</summary>
    public static int Number(HttpContext context, string name, int fallback, int most) =>
        int.TryParse(context.Request.Query[name], out int number) ? Math.Clamp(number, 1, most) : fallback;
}
