using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>A champion and a candidate on the same frames of the three channels of <see cref="TestPackages.Site"/>.</summary>
public sealed class ShadowTests
{
    private readonly ManualTime _clock = new();
    private readonly ManualTime _cpu = new();
    private double _frames;

    [Fact]
    public void A_candidate_that_says_the_same_passes_after_its_samples_and_not_before()
    {
        Shadow shadow = Beside(gain: 1, samples: 10);

        Feed(shadow, samples: 9, champion: 0);
        Assert.Null(shadow.Verdict);
        Feed(shadow, samples: 1, champion: 0);

        Assert.IsType<SoakVerdict.Commit>(shadow.Verdict);
        Assert.Equal((10, 10, 10), (shadow.Counts().Samples, shadow.Counts().Agreed, shadow.Counts().Distance.Sum()));
    }

    [Fact]
    public void A_candidate_that_says_something_else_too_often_fails_with_the_sample_that_decides()
    {
        Shadow shadow = Beside(gain: 1, samples: 100, minAgreement: 0.95);

        Feed(shadow, samples: 100, champion: 1);

        Assert.Equal(
            "it says something else than the model that answers on 6 of 6 samples; 5 of 100 may differ",
            Assert.IsType<SoakVerdict.Undo>(shadow.Verdict).Reason);
    }

    [Fact]
    public void A_candidate_that_has_used_its_share_leaves_samples_out_and_counts_them()
    {
        Shadow shadow = Beside(gain: 1, samples: 1000, share: 0.5);
        Feed(shadow, samples: 1, champion: 0);

        // A tenth of a second more than it may: the clock of the machine stands still meanwhile.
        _cpu.Advance(0.1 + (0.5 * _clock.GetTimestamp() / TimeSpan.TicksPerSecond));
        Feed(shadow, samples: 5, champion: 0, secondsAFrame: 0);

        Assert.Equal((1, 5), (shadow.Counts().Samples, shadow.Counts().Skipped));
    }

    [Fact]
    public void Frames_that_come_faster_than_they_are_taken_are_dropped_and_counted_and_the_path_does_not_wait()
    {
        Shadow shadow = Beside(gain: 1, samples: 1000);
        Frame frame = new(3, 0);

        for (int i = 0; i < ShadowTap.MostFrames + 100; i++)
        {
            shadow.Tap.Offer(frame);
        }

        Assert.Equal(100, shadow.Tap.Dropped);
        Assert.Equal(100, shadow.Counts().DroppedFrames);
    }

    [Fact]
    public void A_sample_that_the_other_model_does_not_answer_is_no_disagreement()
    {
        Shadow shadow = Beside(gain: 1, samples: 10);

        Feed(shadow, samples: 3, champion: null);
        _clock.Advance(2);
        while (shadow.Step())
        {
        }

        Assert.Equal(0, shadow.Counts().Samples);
        Assert.InRange(shadow.Counts().Unpaired, 1, 3);
        Assert.Null(shadow.Verdict);
    }

    [Fact]
    public void Counts_of_two_spans_are_the_counts_of_both()
    {
        ShadowCounts one = new() { Samples = 3, Agreed = 2, Skipped = 1, Distance = [1, 2] };
        ShadowCounts both = one + new ShadowCounts { Samples = 5, Agreed = 5, Distance = [5] };

        Assert.Equal((8, 7, 1, 6L, 2L), (both.Samples, both.Agreed, both.Skipped, both.Distance[0], both.Distance[1]));
        Assert.Equal((5, 5, 0), ((both - one).Samples, (both - one).Agreed, (both - one).Skipped));
    }

    [Fact]
    public void The_model_before_bears_witness_against_a_new_one_with_the_sample_that_decides()
    {
        Shadow witness = Before(samples: 100, minAgreement: 0.95);

        Feed(witness, samples: 5, champion: 1);
        Assert.Null(witness.Join(null));
        Feed(witness, samples: 1, champion: 1);

        Assert.Equal(
            new SoakVerdict.Undo("it says something else than the model before on 6 of 6 samples; 5 of 100 may differ"), witness.Join(null));
        Assert.Equal(witness.Verdict, witness.Join(new SoakVerdict.Commit()));
    }

    [Fact]
    public void A_trial_that_has_its_samples_waits_for_enough_that_the_model_before_had_time_for_and_is_judged_on_those()
    {
        SoakVerdict trial = new SoakVerdict.Commit();
        Shadow witness = Before(samples: 1000, minAgreement: 0.9);

        Feed(witness, samples: SoakTrial.SmallestSample - 4, champion: 0);
        Assert.Null(witness.Join(trial));
        Feed(witness, samples: 3, champion: 1);
        Assert.Null(witness.Join(trial));
        Feed(witness, samples: 1, champion: 0);
        Assert.Equal(trial, witness.Join(trial));
        Feed(witness, samples: 1, champion: 1);

        Assert.Equal(
            new SoakVerdict.Undo("it says something else than the model before on 4 of 31 samples; 3 of 31 may differ"), witness.Join(trial));
    }

    [Fact]
    public void A_model_before_that_fails_at_everything_does_not_hold_up_the_one_that_mends_it()
    {
        // Eight times as much is infinite.
        Shadow witness = Before(samples: 40, minAgreement: 0.9, gain: 1e38f);

        Feed(witness, samples: 40, champion: 0, x: 8);

        Assert.Equal((0, 40), (witness.Counts().Samples, witness.Counts().Failed));
        Assert.IsType<SoakVerdict.Commit>(witness.Join(new SoakVerdict.Commit()));
    }

    [Fact]
    public void What_the_trial_alone_undoes_is_undone_for_its_own_reason()
    {
        Shadow witness = Before(samples: 1000, minAgreement: 0.9);
        SoakVerdict failures = new SoakVerdict.Undo("3 of 3 inferences failed; 2 of 200 may");

        Assert.Equal(failures, witness.Join(failures));
    }

    // The identity: busy is above idle exactly where y is above x.
    private Shadow Beside(float gain, int samples, double minAgreement = 0.9, double share = 1)
    {
        LoadedModel candidate = Load(gain, manifest => manifest with
        {
            Shadow = new ShadowSpec { Samples = samples, MinAgreement = minAgreement, MaxCpuShare = share },
        });
        return New(candidate, ShadowTerms.OfCandidate(candidate.Manifest)!);
    }

    private Shadow Before(int samples, double minAgreement, float gain = 1)
    {
        ModelManifest candidate = TestPackages.Manifest with
        {
            Soak = new SoakSpec { Samples = samples, MaxP99Ms = 5, MinAgreement = minAgreement, MaxCpuShare = 1 },
        };
        return New(Load(gain, manifest => manifest), ShadowTerms.OfTrial(candidate)!);
    }

    private static LoadedModel Load(float gain, Func<ModelManifest, ModelManifest> change) =>
        TestPackages.Verification.Verify(TestPackages.Make(2, gain, change), TestPackages.Site, _ => null);

    private Shadow New(LoadedModel beside, ShadowTerms terms)
    {
        Assert.True(PipelineBinding.TryBind(beside.Manifest, TestPackages.Site, out IPipeline? pipeline, out _));
        return new Shadow(beside, pipeline, TestPackages.Manifest, terms, mostShare: 1, () => new Frame(3, 0), _clock, _cpu);
    }

    // Frames in which x is above y, so that the candidate says idle; and what the champion says to each of its samples.
    private void Feed(Shadow shadow, int samples, int? champion, double secondsAFrame = 0.1, double x = 2)
    {
        PipelineSpec pipeline = TestPackages.Manifest.Pipeline;
        Frame frame = new(3, 0);
        for (int sample = 0; sample < samples;)
        {
            _clock.Advance(secondsAFrame);
            _frames++;
            new double[] { 0, x, 1 }.CopyTo(frame.Values);
            frame.Time = new FrameTime((long)_clock.GetTimestamp() + (secondsAFrame == 0 ? (long)_frames : 0), 0);
            bool due = _frames >= pipeline.WindowFrames && (_frames - pipeline.WindowFrames) % pipeline.HopFrames == 0;
            if (due && champion is int label)
            {
                shadow.Tap.Tell(frame.Time, EdgeRuntime.Engine.Inference.Decoded.Class(label, label == 0 ? [0.7, 0.3] : [0.3, 0.7]));
            }

            shadow.Tap.Offer(frame);
            sample += due ? 1 : 0;
            while (shadow.Step())
            {
            }
        }
    }
}
