using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// What one model that runs beside another is for, and what it may cost: a candidate that must earn its switch, or the model before, which
/// after the switch bears witness against a new one.
/// </summary>
/// <remarks>
/// Disagreements and failures are judged as counts, as by <see cref="SoakTrial"/>: the sample that makes one too many decides.
/// </remarks>
public sealed record ShadowTerms
{
    private const double UsualCpuShare = 0.2;

    private readonly int _samples;
    private readonly double _minAgreement;
    private readonly long _allowedDisagreements;
    private readonly long? _allowedFailures;

    private ShadowTerms(int samples, double minAgreement, double maxCpuShare, long? allowedFailures)
    {
        _samples = samples;
        _minAgreement = minAgreement;
        _allowedDisagreements = SampleShare.Of(1 - minAgreement, samples);
        _allowedFailures = allowedFailures;
        MaxCpuShare = maxCpuShare;
    }

    /// <summary>Share of one core that the model beside may use; greater than 0, to 1.</summary>
    public double MaxCpuShare { get; }

    /// <summary>
    /// True where the model that answers is on trial and the one beside it was trusted: what that one fails at is held against nobody.
    /// </summary>
    public bool JudgesAnswering => _allowedFailures is null;

    /// <summary>The terms of a candidate before it answers; null where its manifest asks for none.</summary>
    public static ShadowTerms? OfCandidate(ModelManifest candidate) => candidate.Shadow is not ShadowSpec shadow
        ? null
        : new ShadowTerms(
            shadow.Samples, shadow.MinAgreement, shadow.MaxCpuShare, SampleShare.Of(Invalid(candidate.Soak), shadow.Samples));

    /// <summary>The terms of the model before, beside a candidate on trial; null where its manifest asks for none.</summary>
    public static ShadowTerms? OfTrial(ModelManifest candidate) => candidate.Soak.MinAgreement is not double agreement
        ? null
        : new ShadowTerms(candidate.Soak.Samples, agreement, candidate.Soak.MaxCpuShare ?? UsualCpuShare, allowedFailures: null);

    /// <summary>Looks at the counts after each sample.</summary>
    /// <param name="samples">On which both answered.</param>
    /// <param name="agreed">Of these, those on which they said the same.</param>
    /// <param name="failed">On which the model beside failed, or answered NaN.</param>
    /// <returns>Null while it goes on.</returns>
    public SoakVerdict? Judge(long samples, long agreed, long failed)
    {
        if (failed > _allowedFailures)
        {
            return new SoakVerdict.Undo(
                $"beside the model that answers, {failed} of {samples + failed} of its inferences failed; {_allowedFailures} of {_samples} may");
        }

        if (samples - agreed > _allowedDisagreements)
        {
            return Differs(samples, agreed, _allowedDisagreements, _samples);
        }

        // A trusted model that fails at everything must not hold up the one that mends it.
        return samples + (JudgesAnswering ? failed : 0) >= _samples ? new SoakVerdict.Commit() : null;
    }

    /// <summary>
    /// What it came to where the trial has had its samples, of which the model beside may have had processor time for some only.
    /// </summary>
    /// <returns>Null while so few were compared that they say nothing.</returns>
    public SoakVerdict? Settle(ShadowCounts counts)
    {
        if (counts.Samples + counts.Failed < Math.Min(SoakTrial.SmallestSample, _samples))
        {
            return null;
        }

        long allowed = SampleShare.Of(1 - _minAgreement, counts.Samples);
        return counts.Samples - counts.Agreed > allowed
            ? Differs(counts.Samples, counts.Agreed, allowed, counts.Samples)
            : new SoakVerdict.Commit();
    }

    private SoakVerdict.Undo Differs(long samples, long agreed, long allowed, long of) => new(
        $"it says something else than the model {(JudgesAnswering ? "before" : "that answers")} on {samples - agreed} of {samples} samples; {allowed} of {of} may differ");

    private static double Invalid(SoakSpec soak) => Math.Min(1, soak.MaxErrorShare + (soak.MaxNanShare ?? 0));
}
