using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Divides answers of one model among its inputs by asking it again and again; the same for devices and for tools.</summary>
/// <remarks>
/// What is divided is the probability of the best label, the value, the error or the score: what the decision rests on. A model with
/// state answers from the state's beginning each time. Not thread-safe; asks a <see cref="ModelCall"/> that nothing else may use meanwhile.
/// </remarks>
public sealed class ModelExplainer
{
    private readonly ModelManifest _manifest;
    private readonly ExplainSpec _spec;
    private readonly ModelCall _call;
    private readonly OutputDecoder _decoder;
    private readonly AttributionGroups _groups;
    private readonly ExplanationBaseline _baseline;
    private readonly HashSet<string> _private;
    private readonly float[] _asked;
    private readonly bool _keepsState;
    private int? _label;

    /// <param name="call">The model, loaded for this alone.</param>
    /// <param name="mapping">Where a picture lies in the model's input, for detection; else null.</param>
    public ModelExplainer(ModelManifest manifest, ReferenceProfile? reference, ModelCall call, ImageMapping? mapping)
    {
        _manifest = manifest;
        _spec = manifest.Monitoring?.Explain ?? new ExplainSpec();
        _call = call;
        _decoder = new OutputDecoder(manifest.Output, call.OutputLength, mapping);
        _groups = AttributionGroups.Of(manifest, _spec);
        _baseline = new ExplanationBaseline(manifest, reference, _spec);
        _private = [.. SensitiveFields.Filters(manifest).Select(filter => filter.Channel)];
        _asked = new float[call.InputLength];
        _keepsState = manifest.Model.State is { Count: > 0 };
    }

    /// <summary>What answers are divided among.</summary>
    public IReadOnlyList<string> Groups => _groups.Names;

    /// <summary>What an explanation would do.</summary>
    /// <param name="inferences">Most inferences; the manifest may allow fewer.</param>
    /// <param name="method">As <see cref="ExplainSpec.Method"/>; null for the manifest's.</param>
    /// <returns>Null where the inferences are not enough.</returns>
    public AttributionPlan? Plan(int inferences, string? method = null) =>
        AttributionPlan.Within(_groups.Names.Count, Math.Min(inferences, _spec.MostInferences), MethodOf(method ?? _spec.Method));

    /// <summary>Inferences without which there is no explanation.</summary>
    /// <param name="method">As of <see cref="Plan"/>.</param>
    public int Least(string? method = null) => AttributionPlan.Least(_groups.Names.Count, MethodOf(method ?? _spec.Method));

    /// <summary>Explains one sample.</summary>
    /// <param name="sample">What the model was given.</param>
    /// <param name="plan">From <see cref="Plan"/>.</param>
    /// <param name="seed">Of the orders that are drawn.</param>
    /// <param name="objection">Why there is none, as a sentence.</param>
    /// <returns>Null when the model fails on one of the inputs it is asked.</returns>
    public ExplanationReport? Explain(ExplainedSample sample, AttributionPlan plan, int seed, out string objection)
    {
        _label = null;
        objection = "";
        try
        {
            Attributions found = plan.Explain(present => Ask(sample.Input, present), new Random(seed));
            if (found.Values.All(double.IsFinite))
            {
                return Report(sample, found, seed);
            }

            objection = "the model gives no finite answer to an input with some of its features absent";
        }
        catch (InferenceException failed)
        {
            objection = $"the model fails on an input with some of its features absent: {failed.Message}";
        }

        return null;
    }

    // The first input asked about is the sample itself, which says which label the explanation is about.
    private double Ask(ReadOnlyMemory<float> sample, ReadOnlySpan<bool> present)
    {
        ReadOnlySpan<float> kept = sample.Span;
        ReadOnlySpan<float> baseline = _baseline.Input.Span;
        ReadOnlySpan<int> groupOf = _groups.GroupOf.Span;
        for (int i = 0; i < _asked.Length; i++)
        {
            _asked[i] = present[groupOf[i]] ? kept[i] : baseline[i];
        }

        if (_keepsState)
        {
            _call.Reset();
        }

        _call.Run(_asked);
        Decoded decoded = _decoder.Decode(_asked, _call.Output);
        if (!decoded.IsValid)
        {
            return double.NaN;
        }

        _label ??= decoded.Label;
        return decoded.Scores.IsEmpty ? decoded.Score : decoded.Scores[_label.Value];
    }

    private ExplanationReport Report(ExplainedSample sample, Attributions found, int seed)
    {
        IReadOnlyList<string> labels = _manifest.Output.Labels;
        return new ExplanationReport
        {
            Model = _manifest.Name,
            Version = _manifest.Version,
            Digest = sample.Digest,
            N = sample.N,
            SampleUnixMs = sample.UnixMs,
            Quantity = _manifest.Output.Kind switch
            {
                "classification" => "probability",
                "regression" => "value",
                "reconstruction" => "error",
                _ => "score",
            },
            Label = _manifest.Output.HasLabels() && _label is int label ? labels[label] : null,
            Method = NameOf(found.Method),
            Whole = found.Whole,
            Nothing = found.Nothing,
            CompletenessError = found.CompletenessError,
            Inferences = found.Evaluations,
            Seed = seed,
            Groups = [.. Enumerable.Range(0, found.Values.Count).Select(i => Group(sample, found, i)).OrderByDescending(group => Math.Abs(group.Attribution))],
        };
    }

    private AttributedGroup Group(ExplainedSample sample, Attributions found, int group)
    {
        string? feature = _groups.Features[group];
        string? channel = feature is null ? null : _manifest.Pipeline.Features.First(spec => spec.Name == feature).Channel;
        bool tells = feature is not null && channel is not null && !_private.Contains(channel);
        double value = tells ? sample.Values.Span[_manifest.Pipeline.ValueNames().ToList().IndexOf(feature!)] : double.NaN;
        return new AttributedGroup(_groups.Names[group], found.Values[group])
        {
            StandardError = found.StandardErrors?[group] is double error and > 0 ? error : null,
            Value = double.IsFinite(value) ? value : null,
            Baseline = tells ? _baseline.ValueOf(feature!) : null,
        };
    }

    private static AttributionMethod? MethodOf(string name) => name switch
    {
        "exact" => AttributionMethod.ExactShapley,
        "shapley" => AttributionMethod.PermutationShapley,
        "occlusion" => AttributionMethod.Occlusion,
        _ => null,
    };

    private static string NameOf(AttributionMethod method) => method switch
    {
        AttributionMethod.ExactShapley => "exact",
        AttributionMethod.PermutationShapley => "shapley",
        _ => "occlusion",
    };
}

/// <summary>A sample that is to be explained.</summary>
/// <param name="Digest">The package that answered.</param>
/// <param name="N">Its number within the boot; 0 where it has none.</param>
/// <param name="UnixMs">When it was taken.</param>
/// <param name="Input">What the model was given; shape [elements of the input].</param>
/// <param name="Values">The pipeline's values before scaling.</param>
public sealed record ExplainedSample(
    ModelId Digest, long N, long UnixMs, ReadOnlyMemory<float> Input, ReadOnlyMemory<double> Values);
