using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>What a model's output means, and what becomes of it.</summary>
internal sealed record AnswerMeaning
{
    private const int MostLabels = 4096;
    private const double EvenChance = 0.5;

    /// <summary>What the output means.</summary>
    public required OutputSpec Output { get; init; }

    /// <summary>From output to decision.</summary>
    public required DecisionSpec Decision { get; init; }

    /// <summary>Names of the classes in the order of the output; of a model of one output the two sides of its threshold. Empty for values.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Finds out.</summary>
    /// <exception cref="CommandException">It cannot be found out; says which flags help.</exception>
    public static AnswerMeaning Of(ModelContract contract, SampleRun run, Truth? truth, NewOptions options, Guesses guesses)
    {
        int outputs = run.Answers[0].Output.Length;
        int inputs = run.Answers[0].Input.Length;
        bool sigmoid = contract.LastOperator is "Sigmoid" or "HardSigmoid";
        string kind = options.Kind ?? KindOf(contract, run, truth, inputs, outputs, options, guesses);
        if (kind == "classification" && outputs == 1 || (kind == "regression" && options.Kind is null && outputs == 1 && (sigmoid || truth?.Classes?.Count == 2)))
        {
            return TwoSides(contract, run, truth, options, sigmoid, guesses);
        }

        return kind switch
        {
            "classification" => Classification(contract, run, truth, options, outputs, guesses),
            "reconstruction" => Reconstruction(run, inputs, outputs, guesses),
            _ => Regression(run, outputs, contract, guesses),
        };
    }

    /// <summary>The share of rows with a truth that are right (classes), or the share of the variance that is explained (values).</summary>
    /// <returns>Null where nothing tells.</returns>
    public double? Score(SampleRun run, Truth? truth)
    {
        if (truth is null || Output.Kind == "reconstruction")
        {
            return null;
        }

        if (Classes.Count > 0)
        {
            int known = 0;
            int right = 0;
            foreach (SampleAnswer answer in run.Answers)
            {
                int expected = truth.IndexOf(answer.Row, TruthClasses(truth));
                known += expected >= 0 ? 1 : 0;
                right += expected >= 0 && expected == ClassOf(answer) ? 1 : 0;
            }

            return known == 0 ? null : right / (double)known;
        }

        (double Truth, double Answer)[] pairs =
        [
            .. run.Answers.Select(answer => (truth.NumberAt(answer.Row), (double)answer.Output[0]))
                .Where(pair => pair.Item1 is not null && double.IsFinite(pair.Item2)).Select(pair => (pair.Item1!.Value, pair.Item2)),
        ];
        if (pairs.Length < 2)
        {
            return null;
        }

        double mean = pairs.Average(pair => pair.Truth);
        double variance = pairs.Sum(pair => (pair.Truth - mean) * (pair.Truth - mean));
        return variance == 0 ? null : 1 - (pairs.Sum(pair => (pair.Truth - pair.Answer) * (pair.Truth - pair.Answer)) / variance);
    }

    /// <summary>
    /// How well the answers fit the truth, to compare ways of feeding the model by: the mean logarithm of the probability that the
    /// true class was given (a sure mistake costs more than an unsure one), or <see cref="Score"/> for values.
    /// </summary>
    /// <returns>Null where nothing tells.</returns>
    public double? Fit(SampleRun run, Truth? truth)
    {
        if (truth is null || Classes.Count == 0)
        {
            return Score(run, truth);
        }

        const double Least = 1e-4;
        IReadOnlyList<string> classes = TruthClasses(truth);
        OutputDecoder? decoder = Output.Kind == "classification" ? new OutputDecoder(Output, Output.Labels.Count) : null;
        double sum = 0;
        int known = 0;
        foreach (SampleAnswer answer in run.Answers)
        {
            int expected = truth.IndexOf(answer.Row, classes);
            if (expected < 0)
            {
                continue;
            }

            double upper = answer.Output[0];
            double given = decoder is null ? (expected == 1 ? upper : 1 - upper)
                : decoder.Decode(answer.Input, answer.Output).IsValid ? decoder.Scores[expected] : 0;
            sum += Math.Log(Math.Clamp(given, Least, 1));
            known++;
        }

        return known == 0 ? null : sum / known;
    }

    /// <summary>The place of the class that an answer speaks for.</summary>
    public int ClassOf(SampleAnswer answer)
    {
        if (Output.Kind != "classification")
        {
            return answer.Output[0] >= Decision.Threshold ? 1 : 0;
        }

        int best = 0;
        for (int i = 1; i < answer.Output.Length; i++)
        {
            best = answer.Output[i] > answer.Output[best] ? i : best;
        }

        return best;
    }

    /// <summary>The name a row's truth has among the package's labels; empty where there is none.</summary>
    public string NameOf(Truth truth, int row)
    {
        int index = Classes.Count > 0 ? truth.IndexOf(row, TruthClasses(truth)) : -1;
        return index >= 0 ? Classes[index] : "";
    }

    // By the names themselves where they are those of the truth, else by their order.
    private IReadOnlyList<string> TruthClasses(Truth truth) =>
        truth.Classes is { } known && known.Count == Classes.Count && !known.Any(Classes.Contains) ? known : Classes;

    private static string KindOf(
        ModelContract contract, SampleRun run, Truth? truth, int inputs, int outputs, NewOptions options, Guesses guesses)
    {
        if (outputs == 1)
        {
            return "regression";
        }

        if (contract.Answer.Shape.Count > 2 && contract.Answer.Shape.Skip(1).Count(size => size is > 1 or < 0) > 1 && outputs != inputs && options.Labels.Count != outputs)
        {
            throw new CommandException(
                ExitCode.Data,
                $"{options.Model}: its output {ModelContract.Spell(contract.Answer)} has several rows of values, as detectors of objects give them; "
                    + "what stands where in them cannot be read off the model: say --output-kind classification with --labels if each value is a "
                    + "class, or write the manifest yourself ('output' of kind detection) and use 'edgectl pack'");
        }

        bool scores = contract.LastOperator is "Softmax" or "LogSoftmax" or "Sigmoid" || contract.Labels.Count == outputs
            || options.Labels.Count == outputs || truth?.Classes?.Count == outputs;
        if (outputs == inputs && !scores && Correlates(run))
        {
            guesses.Add("the output is the model's own picture of its input, and the difference the answer", "it is as long and goes along with it", "/output/kind");
            return "reconstruction";
        }

        if (outputs > MostLabels)
        {
            throw new CommandException(
                ExitCode.Data, $"{options.Model}: gives {outputs} values, which are too many for classes; say --answer NAME or --output-kind KIND");
        }

        return "classification";
    }

    private static bool Correlates(SampleRun run)
    {
        double both = 0;
        double first = 0;
        double second = 0;
        foreach (SampleAnswer answer in run.Answers.Take(200))
        {
            double meanIn = answer.Input.Average();
            double meanOut = answer.Output.Average();
            for (int i = 0; i < answer.Input.Length; i++)
            {
                both += (answer.Input[i] - meanIn) * (answer.Output[i] - meanOut);
                first += (answer.Input[i] - meanIn) * (answer.Input[i] - meanIn);
                second += (answer.Output[i] - meanOut) * (answer.Output[i] - meanOut);
            }
        }

        return first > 0 && second > 0 && both / Math.Sqrt(first * second) > 0.5;
    }

    private static AnswerMeaning Classification(
        ModelContract contract, SampleRun run, Truth? truth, NewOptions options, int outputs, Guesses guesses)
    {
        if (options.Labels.Count > 0 && options.Labels.Count != outputs)
        {
            throw new CommandException(ExitCode.Usage, $"--labels: there are {options.Labels.Count} and the output '{contract.Answer.Name}' has {outputs} values");
        }

        IReadOnlyList<string> labels = LabelsOf(contract, truth, options, outputs, guesses);
        bool probabilities = run.Answers.All(answer =>
            answer.Output.All(value => value is >= -1e-4f and <= 1.0001f) && Math.Abs(answer.Output.Sum() - 1) < 0.01);
        bool isScore = contract.LastOperator is "Softmax" or "Sigmoid" || probabilities;
        if (contract.LastOperator is not ("Softmax" or "LogSoftmax"))
        {
            guesses.Add(
                isScore ? "the output holds probabilities" : "the output holds logits, of which softmax makes probabilities",
                probabilities ? "on all rows the values add up to 1" : isScore ? "the model ends in a sigmoid" : "the values do not add up to 1",
                "/output/activation");
        }

        guesses.Add("a decision needs a probability of 0.5", "that is even chance between two", "/decision/threshold");
        return new AnswerMeaning
        {
            Output = new OutputSpec { Kind = "classification", Activation = isScore ? "none" : "softmax", Labels = labels },
            Decision = new DecisionSpec { Threshold = EvenChance },
            Classes = labels,
        };
    }

    private static IReadOnlyList<string> LabelsOf(ModelContract contract, Truth? truth, NewOptions options, int outputs, Guesses guesses)
    {
        if (options.Labels.Count == outputs)
        {
            return options.Labels;
        }

        const string Where = "/output/labels; or --labels A,B";
        if (contract.Labels.Count == outputs)
        {
            return contract.Labels;
        }

        if (truth?.Classes is { } classes && classes.Count == outputs)
        {
            guesses.Add($"the classes are {string.Join(", ", classes.Take(12))}, in this order", "the truth has as many, and encoders of labels sort them", Where);
            return classes;
        }

        string[] numbered = [.. Enumerable.Range(0, outputs).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        bool numbers = truth?.Classes?.All(numbered.Contains) == true;
        string[] labels = numbers ? numbered : [.. numbered.Select(number => $"class-{number}")];
        guesses.Add($"the classes are called {labels[0]} to {labels[^1]}", "nothing names them", Where);
        return labels;
    }

    // One value for two classes, as a sigmoid gives it: a value with a threshold between two decisions.
    private static AnswerMeaning TwoSides(
        ModelContract contract, SampleRun run, Truth? truth, NewOptions options, bool sigmoid, Guesses guesses)
    {
        bool shares = run.Answers.All(answer => answer.Output[0] is >= 0 and <= 1);
        double threshold = sigmoid || shares ? EvenChance : 0;
        IReadOnlyList<string> names = options.Labels.Count == 2 ? options.Labels
            : contract.Labels.Count == 2 ? contract.Labels
            : truth?.Classes is { Count: 2 } classes ? classes
            : ["0", "1"];
        guesses.Add(
            $"the value tells '{names[1]}' from {threshold.ToString(CultureInfo.InvariantCulture)} on and '{names[0]}' below",
            sigmoid ? "the model ends in a sigmoid" : "the truth has two classes", "/decision/threshold, above and below");
        return new AnswerMeaning
        {
            Output = new OutputSpec { Kind = "regression", Unit = "1" },
            Decision = new DecisionSpec { Threshold = threshold, Below = names[0], Above = names[1] },
            Classes = names,
        };
    }

    private static AnswerMeaning Regression(SampleRun run, int outputs, ModelContract contract, Guesses guesses)
    {
        if (outputs != 1)
        {
            throw new CommandException(
                ExitCode.Data, $"a regression reads one value and '{contract.Answer.Name}' has {outputs}; say --output-kind classification or reconstruction");
        }

        double threshold = Quantile([.. run.Answers.Select(answer => (double)answer.Output[0])], 0.95);
        guesses.Add(
            $"the decision is \"high\" from {threshold.ToString(CultureInfo.InvariantCulture)} on", "one answer of twenty lies above it in the data",
            "/decision/threshold, above and below");
        guesses.Add("the value has no unit, written as 1", "a model does not tell", "/output/unit");
        return new AnswerMeaning
        {
            Output = new OutputSpec { Kind = "regression", Unit = "1" },
            Decision = new DecisionSpec { Threshold = threshold, Above = "high" },
        };
    }

    private static AnswerMeaning Reconstruction(SampleRun run, int inputs, int outputs, Guesses guesses)
    {
        if (inputs != outputs)
        {
            throw new CommandException(
                ExitCode.Data, $"a reconstruction is as long as its input, and the output has {outputs} values where the input has {inputs}");
        }

        OutputSpec spec = new() { Kind = "reconstruction" };
        OutputDecoder decoder = new(spec, outputs);
        double threshold = Quantile([.. run.Answers.Select(answer => decoder.Decode(answer.Input, answer.Output).Score)], 0.99);
        guesses.Add(
            $"an anomaly begins at an error of {threshold.ToString(CultureInfo.InvariantCulture)}", "one sample of a hundred lies above it in the data",
            "/decision/threshold");
        return new AnswerMeaning { Output = spec, Decision = new DecisionSpec { Threshold = threshold } };
    }

    private static double Quantile(double[] values, double share)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        double value = sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
        return double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
