using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>A verified package whose model is loaded and bound.</summary>
/// <remarks>Not thread-safe, as <see cref="Call"/> is not.</remarks>
public sealed class LoadedModel : LoadedPackage
{
    private const double ShortestTrialLimit = 10 * 60;
    private const double LongestTrialLimit = 30 * 24 * 3600;

    private static readonly ReferenceProfile NoProfile = new()
    {
        Rows = 1,
        EffectiveRows = 1,
        EffectiveShare = 1,
        Features = [],
    };

    private ModelRuntime _runtime;

    internal LoadedModel(ModelPackage package, ModelCall call, VariantChoice? variant)
        : base(package)
    {
        Manifest = package.Manifest;
        Reference = package.Profile ?? NoProfile;
        Call = call;
        Variant = variant;
        RunnerReport[] reports = [.. call.Runners.Select(runner => runner.Report)];
        _runtime = new ModelRuntime
        {
            LoadMs = Math.Round(reports.Sum(report => report.LoadMs), 3),
            FromCache = reports.All(report => report.FromCache),
            Providers = [.. reports.SelectMany(report => report.Providers).Distinct()],
            Fallbacks = [.. reports.SelectMany(report => report.Fallbacks).Distinct()],
            Variant = variant?.Name,
            VariantMicroseconds = variant?.Figures.Where(figure => figure.Microseconds is not null)
                .ToDictionary(figure => figure.Name, figure => Math.Round(figure.Microseconds!.Value, 3)),
        };
    }

    /// <inheritdoc/>
    public override ModelManifest Manifest { get; }

    /// <summary>Ten times what the samples of its trial take, and no less than ten minutes.</summary>
    public override TimeSpan TrialLimit
    {
        get
        {
            PipelineSpec pipeline = Manifest.Pipeline;
            double sampleSeconds = pipeline.HopFrames / pipeline.RateHz;
            double windowSeconds = pipeline.WindowFrames / pipeline.RateHz;
            int samples = Math.Max(Manifest.Soak.Samples, Manifest.Shadow?.Samples ?? 0);
            double expected = windowSeconds + (samples * sampleSeconds);
            return TimeSpan.FromSeconds(Math.Clamp(10 * expected, ShortestTrialLimit, LongestTrialLimit));
        }
    }

    /// <inheritdoc/>
    public override bool Shadows => Manifest.Shadow is not null;

    /// <summary>The yardstick for drift; without features when the package brings none.</summary>
    public ReferenceProfile Reference { get; }

    /// <summary>The model, bound to the manifest's features and output.</summary>
    public ModelCall Call { get; }

    /// <summary>Which of the package's variants serves, and what was measured; null when it has none.</summary>
    public VariantChoice? Variant { get; }

    /// <summary>What it was found to need when it was a candidate; null for one that was trusted already.</summary>
    public ProofReport? Proof
    {
        get;
        internal set
        {
            field = value;
            _runtime = _runtime with { ProofP99Ms = value?.P99Ms, ProofPeakBytes = value?.PeakBytes };
        }
    }

    /// <inheritdoc/>
    public override ModelRuntime Runtime => _runtime;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Call.Dispose();
        base.Dispose();
    }
}
