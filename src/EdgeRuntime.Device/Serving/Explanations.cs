using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Has the newest sample of a model explained, within the inferences that its package allows, and tells when it is done. For the
/// agent's thread; the sample path only copies one sample, and waits for nothing.
/// </summary>
internal sealed class Explanations : IDisposable
{
    private const int MostAsked = 16;

    // A command's answer is worth a minute; a sensor that gives no sample for half of it is not waited for.
    private static readonly TimeSpan SamplePatience = TimeSpan.FromSeconds(30);

    private readonly UpdateAgent _updates;
    private readonly Mailbox _mailbox;
    private readonly ThreadPlacement _placement;
    private readonly TimeProvider _time;
    private readonly Captures _captures;
    private readonly Action<Exception> _failed;
    private readonly Dictionary<string, (ModelId Digest, ExplanationBudget Budget)> _budgets = [];
    private readonly List<Asked> _asked = [];
    private readonly List<AlarmFollowUp> _following = [];
    private ExplainerThread? _thread;

    /// <param name="captures">Where samples of before are found.</param>
    /// <param name="failed">Called on the explainer's thread when it met an error it does not know.</param>
    public Explanations(
        UpdateAgent updates, Mailbox mailbox, ThreadPlacement placement, TimeProvider time, Captures captures, Action<Exception> failed)
    {
        _updates = updates;
        _mailbox = mailbox;
        _placement = placement;
        _time = time;
        _captures = captures;
        _failed = failed;
    }

    /// <summary>Asks for an explanation of the next sample that the model answers, or of one that it answered.</summary>
    /// <param name="done">Called once, on the agent's thread: with the report, or null and why there is none.</param>
    public void Ask(ModelHost host, ExplanationWish wish, Action<ExplanationReport?, string> done)
    {
        if (host.Answering is not LoadedModel answering)
        {
            done(null, $"no model answers for {host.Name}");
        }
        else if (_asked.Count == MostAsked)
        {
            done(null, $"{MostAsked} explanations are being made already");
        }
        else
        {
            SampleGrab grab = new(answering, answering.Manifest.Pipeline.ValueNames().Count);
            Asked asked = new(host, answering, grab, wish, done, _time.GetTimestamp()) { IsCopied = wish.Sample is not null };
            _asked.Add(asked);
            if (wish.Sample is long n)
            {
                Func<long, CapturedClip?>? stored = _captures.Stored(host);
                _captures.Recall(host, n, clip => _mailbox.Post(new Letter.Finished(() => Begin(asked, n, () => Found(answering, n, clip, stored)))));
            }
        }
    }

    /// <summary>Goes on with what was asked for, and asks for what alarms of the models want.</summary>
    public void Step(IReadOnlyList<ModelHost> hosts)
    {
        foreach (ModelHost host in hosts)
        {
            if (host.Alarms is DriftReport alarms && alarms.TakeUnexplained())
            {
                Ask(host, new ExplanationWish(), (report, _) =>
                {
                    if (report is not null)
                    {
                        alarms.Explain(report);
                    }
                });
                if (alarms.Attributions.IsCompared)
                {
                    _following.Add(new AlarmFollowUp(host, alarms, _time));
                }
            }
        }

        Follow();

        for (int i = 0; i < _asked.Count; i++)
        {
            Asked asked = _asked[i];

            // One sample at a time is copied from a path: the others wait behind it.
            if (!asked.IsCopied && _asked.FindIndex(other => other.Host == asked.Host && !other.IsCopied) == i)
            {
                Watch(asked);
            }
        }

        _asked.RemoveAll(asked => asked.IsOver);
    }

    /// <inheritdoc/>
    public void Dispose() => _thread?.Dispose();

    // Half of a minute's inferences is left to those who ask.
    private void Follow()
    {
        _following.RemoveAll(follow => follow.IsOver);
        foreach (AlarmFollowUp follow in _following)
        {
            if (follow.IsDue && follow.Host.Answering is LoadedModel answering)
            {
                ExplainSpec spec = answering.Manifest.Monitoring?.Explain ?? new ExplainSpec();
                if (BudgetOf(follow.Host.Name, answering.Digest, spec).Left >= spec.InferencesPerMinute / 2)
                {
                    follow.Begin();
                    Ask(follow.Host, new ExplanationWish(), (report, _) => follow.End(report is not null));
                }
            }
        }
    }

    private void Watch(Asked asked)
    {
        if (asked.Host.Answering != asked.Package)
        {
            asked.Host.Path.SetGrab(null);
            End(asked, null, "another package has taken over meanwhile; ask again");
        }
        else if (asked.Grab.Sample is ExplainedSample sample)
        {
            asked.Host.Path.SetGrab(null);
            asked.IsCopied = true;
            Begin(asked, sample.N, () => (sample, null, ""));
        }
        else if (_time.GetElapsedTime(asked.Since) > SamplePatience)
        {
            asked.Host.Path.SetGrab(null);
            End(asked, null, $"the model answered no sample within {SamplePatience.TotalSeconds} s");
        }
        else
        {
            asked.Host.Path.SetGrab(asked.Grab);
        }
    }

    // On the explainer's thread: what is in memory first, since its frames are as the model saw them.
    private static (ExplainedSample? Sample, CapturedClip? Clip, string Objection) Found(
        LoadedModel package, long n, CapturedClip? recalled, Func<long, CapturedClip?>? stored)
    {
        string why = stored is null
            ? $"sample {n} is not kept: the package asks for no captures (monitoring.capture)"
            : $"sample {n} is neither among the newest frames nor in a clip of this boot any more";
        foreach (Func<CapturedClip?> source in (Func<CapturedClip?>[])[() => recalled, () => stored?.Invoke(n)])
        {
            if (source() is not CapturedClip clip)
            {
                continue;
            }

            if (clip.Digest != package.Digest)
            {
                why = $"sample {n} was answered by another package, {clip.Model} {clip.Version}";
            }
            else if (ClipSample.Find(clip, package.Manifest, n, out why) is ExplainedSample sample)
            {
                return (sample, clip, "");
            }
        }

        return (null, null, why);
    }

    private void Begin(Asked asked, long n, Func<(ExplainedSample? Sample, CapturedClip? Clip, string Objection)> find)
    {
        ExplainSpec spec = asked.Package.Manifest.Monitoring?.Explain ?? new ExplainSpec();
        ExplanationBudget budget = BudgetOf(asked.Host.Name, asked.Package.Digest, spec);
        int most = Math.Min(Math.Min(asked.Wish.MostInferences ?? int.MaxValue, spec.MostInferences), budget.Left);
        if (most < ExplanationBudget.Least)
        {
            End(asked, null, budget.Refuse(ExplanationBudget.Least));
            return;
        }

        if (_updates.Copy(asked.Host.Name) is not VerificationJob load)
        {
            End(asked, null, "the package that answers stands in no slot, so there is no second copy of it to ask");
            return;
        }

        // Taken whole and given back in part: what is under way counts until it is known what it took.
        budget.Take(most);
        int seed = asked.Wish.Seed ?? (int)(n & int.MaxValue);
        _thread ??= new ExplainerThread(_placement, _failed);
        ExplainerJob job = new(
            asked.Package.Digest, find, load, asked.Host.Site, most, asked.Wish.Method, seed,
            (report, inferences, objection) => _mailbox.Post(new Letter.Finished(() =>
            {
                budget.Return(most - inferences);
                End(asked, report, objection);
            })));
        if (!_thread.TryAdd(job))
        {
            budget.Return(most);
            End(asked, null, "too many explanations wait");
        }
    }

    // A package brings its own allowance; one that comes again begins with a whole one.
    private ExplanationBudget BudgetOf(string model, ModelId digest, ExplainSpec spec)
    {
        if (!_budgets.TryGetValue(model, out (ModelId Digest, ExplanationBudget Budget) known) || known.Digest != digest)
        {
            known = (digest, new ExplanationBudget(_time, spec.InferencesPerMinute));
            _budgets[model] = known;
        }

        return known.Budget;
    }

    private static void End(Asked asked, ExplanationReport? report, string objection)
    {
        if (!asked.IsOver)
        {
            asked.IsOver = true;
            asked.IsCopied = true;
            asked.Done(report, objection);
            if (report is not null)
            {
                asked.Host.Alarms?.Count(report);
            }
        }
    }

    private sealed class Asked(
        ModelHost host, LoadedModel package, SampleGrab grab, ExplanationWish wish, Action<ExplanationReport?, string> done, long since)
    {
        public ModelHost Host => host;

        public LoadedModel Package => package;

        public SampleGrab Grab => grab;

        public ExplanationWish Wish => wish;

        public Action<ExplanationReport?, string> Done => done;

        public long Since => since;

        public bool IsCopied { get; set; }

        public bool IsOver { get; set; }
    }
}

/// <summary>What an explanation is to be like; null for what the manifest says.</summary>
/// <param name="MostInferences">Greater than 0.</param>
/// <param name="Method">As in a manifest.</param>
/// <param name="Seed">Of the orders; null for the number of the sample.</param>
/// <param name="Sample">Number of an answer of this boot; null for the next one.</param>
internal sealed record ExplanationWish(int? MostInferences = null, string? Method = null, int? Seed = null, long? Sample = null);
