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
        if (providers.Count > 0 && !model.IsEmpty && TryOnProviders(model, settings, providers, fallbacks) is { } loaded)
        {
            return loaded;
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

        OnnxSession session = new(runtime, model, settings, time);
        if (session.Outputs.Count == 0)
        {
            session.Dispose();
            throw new ModelLoadException("the model has no outputs, so there is nothing to compute");
        }

        return session;
    }

    /// <summary>Adds to a refusal what to do about it, where the model's exporter is known.</summary>
    public static string WithHint(string refusal, ReadOnlyMemory<byte> model) =>
        refusal.StartsWith("output ", StringComparison.Ordinal) && model.Span.IndexOf("ZipMap"u8) >= 0
            ? refusal + "; export it without ZipMap: options={'zipmap': False} in skl2onnx, zipmap=False in onnxmltools"
            : refusal;

    // All together; and where that fails, those that can be used alone, so that one without its driver does not take the others
    // with it.
    private SessionLoad? TryOnProviders(
        ReadOnlyMemory<byte> model, SessionSettings settings, List<ProviderRegistration> providers, List<string> fallbacks)
    {
        if (TryTogether(model, settings, providers, fallbacks, out string together) is { } all)
        {
            return all;
        }

        List<ProviderRegistration> usable = [];
        foreach (ProviderRegistration provider in providers)
        {
            string? objection = providers.Count == 1 ? together : Objection(model, settings, provider);
            if (objection is not null)
            {
                fallbacks.Add($"execution provider {provider.Name} cannot be used: {objection}");
            }
            else
            {
                usable.Add(provider);
            }
        }

        // Each of several works alone and not beside the others: the profile's order decides which one stays.
        for (; usable.Count > 0; usable.RemoveAt(usable.Count - 1))
        {
            if (TryTogether(model, settings, usable, fallbacks, out together) is { } some)
            {
                return some;
            }

            fallbacks.Add($"execution provider {usable[^1].Name} cannot be used beside those before it: {together}");
        }

        return null;
    }

    private SessionLoad? TryTogether(
        ReadOnlyMemory<byte> model,
        SessionSettings settings,
        List<ProviderRegistration> providers,
        List<string> fallbacks,
        out string objection)
    {
        SessionSettings chosen = settings with { Providers = [.. providers] };
        string[] names = [.. providers.Select(provider => provider.Name)];
        string strictly;
        objection = "";
        try
        {
            SessionSettings whole = chosen with { Entries = [.. chosen.Entries, NothingOnProcessor] };
            return new SessionLoad(Create(model, whole), names, fallbacks, false);
        }
        catch (ModelLoadException refused)
        {
            strictly = refused.Message;
        }

        try
        {
            OnnxSession session = Create(model, chosen);
            fallbacks.Add($"{string.Join(", ", names)}: operators of the model run on the processor: {strictly}");
            return new SessionLoad(session, names, fallbacks, false);
        }
        catch (ModelLoadException refused)
        {
            objection = refused.Message;
            return null;
        }
    }

    private string? Objection(ReadOnlyMemory<byte> model, SessionSettings settings, ProviderRegistration provider)
    {
        try
        {
            Create(model, settings with { Providers = [provider] }).Dispose();
            return null;
        }
        catch (ModelLoadException refused)
        {
            return refused.Message;
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
        try
        {
            using GraphDraft draft = cache!.DraftOf(name);
            OnnxSession session = Create(model, settings with { OptimizedGraph = draft.Path });
            if (cache.Keep(name, draft) is { } problem)
            {
                fallbacks.Add($"the optimized graph is not kept: {problem}");
            }

            return session;
        }
        catch (Exception e) when (e is ModelLoadException or IOException)
        {
            // The model itself, or only the writing of it: a full disk must not keep a model from serving.
            OnnxSession session = Create(model, settings);
            fallbacks.Add("the optimized graph is not kept: the library could not write it");
            return session;
        }
    }
}
