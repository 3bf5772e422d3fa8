using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>A package before it is packed: everything that was found out of a model and its data.</summary>
internal sealed record Draft
{
    /// <summary>The manifest, without its list of files.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>The model's bytes.</summary>
    public required ReadOnlyMemory<byte> Model { get; init; }

    /// <summary>Its answers to the data.</summary>
    public required SampleRun Run { get; init; }

    /// <summary>What they mean.</summary>
    public required AnswerMeaning Meaning { get; init; }

    /// <summary>What they should have been; null where nobody knows.</summary>
    public required Truth? Truth { get; init; }

    /// <summary>How right they are, see <see cref="AnswerMeaning.Score"/>.</summary>
    public double? Score => Meaning.Score(Run, Truth);

    /// <summary>What the data are, for people.</summary>
    public required string Data { get; init; }

    /// <summary>What a device replays.</summary>
    public required RecordingFiles Recording { get; init; }

    /// <summary>The recording as a table; null for pictures.</summary>
    public Recording? Table { get; init; }

    /// <summary>The pictures; null for a table.</summary>
    public PictureSource? Pictures { get; init; }

    /// <summary>Whether the graph computes with integers.</summary>
    public required bool IsQuantized { get; init; }

    /// <summary>What became of the wish for an int8 model; null where none was asked for.</summary>
    public string? Quantization { get; init; }

    /// <summary>The manifest with the figures that were measured, and gates a little below them.</summary>
    public Draft WithGoals()
    {
        if (Score is not double score)
        {
            return this;
        }

        const double Slack = 0.02;
        string metric = Meaning.Classes.Count > 0 ? "accuracy" : "r2";
        return this with
        {
            Manifest = Manifest with
            {
                Goals = new Dictionary<string, double> { [metric] = Math.Round(score, 4), ["rows"] = Run.Answers.Count },
                Gates = [new GateSpec(metric, "at_least", Math.Round(score - Slack, 2))],
            },
        };
    }

    /// <summary>The first answers, or as many as there are.</summary>
    public IEnumerable<SampleAnswer> First(int count) => Run.Answers.Take(count);

    /// <summary>An answer as a device decodes it: a label with its probability, or a decision with the value.</summary>
    public (string Label, double Score) Decoded(SampleAnswer answer)
    {
        OutputDecoder decoder = new(Manifest.Output, answer.Output.Length);
        Decoded decoded = decoder.Decode(answer.Input, answer.Output);
        DecisionSpec decision = Manifest.Decision;
        return !decoded.IsValid ? ("not a number", double.NaN)
            : Manifest.Output.HasLabels() ? (Manifest.Output.Labels[decoded.Label], decoded.Score)
            : (decoded.Score >= decision.Threshold ? decision.Above : decision.Below, decoded.Score);
    }

    /// <summary>What a row's answer should have been; empty where nobody knows.</summary>
    public string TruthNameOf(int row) => Truth is null ? "" : Meaning.Classes.Count > 0 ? Meaning.NameOf(Truth, row) : Truth.Texts[row];

    /// <summary>What looks as if something were wrong.</summary>
    public IEnumerable<string> Warnings()
    {
        string[] said = [.. Run.Answers.Select(answer => Decoded(answer).Label)];
        if (said.Contains("not a number"))
        {
            yield return Invariant($"{said.Count(label => label == "not a number")} of {said.Length} answers are not numbers; is the scaling another (--scaling)?");
        }

        if (said.Length > 10 && said.Distinct().Count() == 1 && Manifest.Output.HasLabels() && Pictures is null)
        {
            yield return $"every answer is '{said[0]}'; are the columns others (--channels), or their scaling (--scaling)?";
        }

        if (Score is double score && Meaning.Classes.Count > 1 && score < 0.9 / Meaning.Classes.Count)
        {
            yield return "fewer answers are right than by chance; are the classes in another order (--labels), or the columns others (--channels)?";
        }
        else if (Score is < 0 && Meaning.Classes.Count == 0)
        {
            yield return "the answers are worse than the mean of the truth would be; are the columns others (--channels), or their scaling (--scaling)?";
        }
    }

    /// <summary>Inputs with the answers that a device must give: the first of each class, and some spread over the data.</summary>
    public GoldenVectors Golden()
    {
        const int MostNumbers = 250_000;
        const int Most = 8;
        int each = Run.Answers[0].Input.Length + Run.Answers[0].Output.Length;
        int count = Math.Clamp(MostNumbers / each, 1, Most);
        SampleAnswer[] usable = [.. Run.Answers.Where(answer => answer.Input.All(float.IsFinite) && answer.Output.All(float.IsFinite))];
        if (usable.Length == 0)
        {
            throw new CommandException(ExitCode.Data, "no answer to the data is a number; is the scaling another (--scaling)?");
        }

        // Of a model with a memory each answer is part of the next: only the first ones in their order can be asked again.
        IEnumerable<SampleAnswer> chosen = Manifest.Model.State is not null
            ? Run.Answers.TakeWhile(answer => answer.Output.All(float.IsFinite)).Take(count)
            : usable.GroupBy(answer => Decoded(answer).Label).Select(group => group.First()).Take(count)
                .Concat(Enumerable.Range(0, count).Select(i => usable[i * (usable.Length - 1) / Math.Max(1, count - 1)]))
                .Distinct().Take(count).OrderBy(answer => answer.Row);
        return new GoldenVectors
        {
            Tolerance = Tolerance(),
            Vectors = [.. chosen.Select(answer => new GoldenVector(Shortest(answer.Input), Shortest(answer.Output)))],
        };
    }

    /// <summary>The yardstick for drift.</summary>
    public ReferenceProfile Profile()
    {
        const int Bins = 10;
        string[] labels = [.. Run.Answers.Select(answer => TruthNameOf(answer.Row))];
        ReferenceProfiling profiling = new(FeatureTable.Of(Run.Answers.Select(answer => answer.Values), labels), Bins);
        int samples = profiling.Horizon;
        ReferenceProfile profile = profiling.Profile(Manifest.Pipeline.ValueNames(), samples, Manifest.Monitoring);
        if (Manifest.Pipeline.Image is null)
        {
            profile = GatheredFrames.Of(Manifest, Recording).AddedTo(profile);
        }

        profile = profile with { Quality = QualityCalibration.Of(profile, Manifest.Pipeline.ValueNames(), Judged()) };
        if (!Manifest.Output.HasLabels())
        {
            return profile with { PredictionBins = profiling.Bins("prediction", [.. Run.Answers.Select(answer => Decoded(answer).Score)], samples) };
        }

        string[] said = [.. Run.Answers.Select(answer => Decoded(answer).Label).Where(Manifest.Output.Labels.Contains)];
        return profile with { PredictionShares = [.. Manifest.Output.Labels.Select(label => said.Count(other => other == label) / (double)said.Length)] };
    }

    // As a device would hold the answers against labels.
    private JudgedAnswers Judged()
    {
        JudgedAnswers judged = new(new Engine.Monitoring.AnswerMeaning(Manifest));
        OutputDecoder decoder = new(Manifest.Output, Run.Answers[0].Output.Length);
        foreach (SampleAnswer answer in Truth is null ? [] : Run.Answers)
        {
            Decoded decoded = decoder.Decode(answer.Input, answer.Output);
            if (decoded.IsValid)
            {
                judged.Add(answer.Values, decoded, TruthOf(judged.Meaning, answer.Row));
            }
        }

        return judged;
    }

    // The number of a label, or the value; of a value between two classes 0 or 1. NaN where nobody knows.
    private double TruthOf(Engine.Monitoring.AnswerMeaning meaning, int row)
    {
        IReadOnlyList<string> names = meaning.IsValue ? Meaning.Classes : meaning.Answers;
        int index = names.ToList().IndexOf(TruthNameOf(row));
        return index >= 0 ? index : meaning.IsValue && names.Count == 0 ? Truth!.NumberAt(row) ?? double.NaN : double.NaN;
    }

    // Kernels of other processors round otherwise: float ones in the last digits, integer ones by a step or two of some layer.
    private double Tolerance()
    {
        const double OfFloats = 1e-3;
        const double OfIntegers = 0.05;
        float[] finite = [.. Run.Answers.SelectMany(answer => answer.Output).Where(float.IsFinite)];
        double range = Math.Max(1e-3, finite.Max() - (double)finite.Min());
        double largest = Math.Max(range, finite.Max(Math.Abs));
        double tolerance = IsQuantized ? OfIntegers * range : OfFloats * largest;
        return double.Parse(tolerance.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    // The fewest digits that become the same float again.
    private static double[] Shortest(float[] values) =>
        [.. values.Select(value => double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
