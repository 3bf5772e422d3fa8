using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx;

/// <summary>A session, and how it came to be.</summary>
internal sealed record SessionLoad(
    OnnxSession Session, IReadOnlyList<string> Providers, IReadOnlyList<string> Fallbacks, bool FromCache);

/// <summary>Creates sessions: on the execution providers asked for as far as they go, out of the cache where it can.</summary>
internal sealed class SessionLoader(OnnxSession.Runtime runtime, GraphCache? cache, TimeProvider time)
{
    // Makes the library refuse a graph of which a provider leaves operators to the processor, so that it can be told.
    private static readonly KeyValuePair<string, string> NothingOnProcessor = new("session.disable_cpu_ep_fallback", "1");

    /// <exception cref="ModelLoadException">The bytes are not a model this device can run.</exception>
    public SessionLoad Load(ReadOnlyMemory<byte> model, RunnerOptions options)
    {
        SessionSettings settings = SessionSettings.For(options);
        List<string> fallbacks = [];
        List<ProviderRegistration> providers = options.Providers.Count == 0
            ? []
            : ProviderRegistration.Choose(options.Providers, runtime.Providers, runtime.Version, fallbacks);
        while (providers.Count > 0)
        {
            if (TryOnProviders(model, settings with { Providers = [.. providers] }, fallbacks) is { } session)
            {
                return new SessionLoad(session, [.. providers.Select(provider => provider.Name)], fallbacks, false);
            }

            providers.RemoveAt(0);
        }

        return OnProcessor(model, settings, fallbacks);
    }

    /// <exception cref="ModelLoadException">The bytes are not a model this library can run.</exception>
    public OnnxSession Create(ReadOnlyMemory<byte> model, SessionSettings settings)
    {
        if (model.IsEmpty)
        {
            throw new ModelLoadException("the model is empty");
        }

        return new OnnxSession(runtime, model.Span, settings, time);
    }

    /// <summary>Adds to a refusal what to do about it, where the model's exporter is known.</summary>
    public static string WithHint(string refusal, ReadOnlyMemory<byte> model) =>
        refusal.StartsWith("output ", StringComparison.Ordinal) && model.Span.IndexOf("ZipMap"u8) >= 0
            ? refusal + "; export it without ZipMap: options={'zipmap': False} in skl2onnx, zipmap=False in onnxmltools"
            : refusal;

    private OnnxSession? TryOnProviders(ReadOnlyMemory<byte> model, SessionSettings settings, List<string> fallbacks)
    {
        string names = string.Join(", ", settings.Providers.Select(provider => provider.Name));
        string strictly;
        try
        {
            return Create(model, settings with { Entries = [.. settings.Entries, NothingOnProcessor] });
        }
        catch (ModelLoadException refused)
        {
            strictly = refused.Message;
        }

        try
        {
            OnnxSession session = Create(model, settings);
            fallbacks.Add($"{names}: operators of the model run on the processor: {strictly}");
            return session;
        }
        catch (ModelLoadException refused)
        {
            fallbacks.Add($"execution provider {settings.Providers[0].Name} cannot be used: {refused.Message}");
            return null;
        }
    }

    private SessionLoad OnProcessor(ReadOnlyMemory<byte> model, SessionSettings settings, List<string> fallbacks)
    {
        if (cache is null || model.IsEmpty)
        {
            return new SessionLoad(Create(model, settings), [], fallbacks, false);
        }

        string context = GraphCache.ContextOf(runtime.Version, OnnxSession.Binding, settings);
        string name = GraphCache.NameOf(model.Span, context);
        if (cache.Find(name, time) is { } optimized)
        {
            try
            {
                OnnxSession session = Create(optimized, settings with { Optimizations = GraphOptimizations.None });
                return new SessionLoad(session, [], fallbacks, true);
            }
            catch (ModelLoadException)
            {
                cache.Remove(name);
            }
        }

        return new SessionLoad(CreateAndKeep(model, settings, name, fallbacks), [], fallbacks, false);
    }

    private OnnxSession CreateAndKeep(
        ReadOnlyMemory<byte> model, SessionSettings settings, string name, List<string> fallbacks)
    {
        string draft = cache!.DraftOf(name);
        try
        {
            OnnxSession session = Create(model, settings with { OptimizedGraph = draft });
            if (cache.Keep(name, draft) is { } problem)
            {
                fallbacks.Add($"the optimized graph is not kept: {problem}");
            }

            return session;
        }
        catch (ModelLoadException)
        {
            // The model itself, or only the writing of it: a full disk must not keep a model from serving.
            OnnxSession session = Create(model, settings);
            fallbacks.Add("the optimized graph is not kept: the library could not write it");
            return session;
        }
        finally
        {
            GraphCache.Forget(draft);
        }
    }
}
