namespace EdgeRuntime.Bench;

/// <summary>One way for a model to be bad.</summary>
/// <param name="Name">What it is called in figures.</param>
/// <param name="Model">The bytes of the .onnx file.</param>
/// <param name="Says">What the reason of its refusal must tell, in the device's words.</param>
internal sealed record BadModel(string Name, byte[] Model, string Says);

/// <summary>
/// A small classifier whose answers are known without running it, and nine that somebody might send in its place.
/// </summary>
/// <remarks>
/// <c>y = x · First · P^n · Second</c> with P a permutation of 64 places: after a multiple of 64 rounds everything is back in
/// its place, so that the answers do not depend on how long the model takes.
/// </remarks>
internal static class TrialModels
{
    /// <summary>Features it takes.</summary>
    public const int Inputs = 8;

    /// <summary>Values it gives, one for each label.</summary>
    public const int Outputs = 3;

    /// <summary>Rounds of the good one.</summary>
    public const int Rounds = Width;

    private const int Width = 64;
    private const int Opset = 17;
    private const int NoOpset = 99;
    private const int Functions = 5_000;

    /// <summary>The good one, or one that takes so many times as long and answers the same.</summary>
    /// <param name="times">At least 1.</param>
    public static byte[] Good(int times = 1) => Build(Opset, Outputs, Second(), new float[Outputs], times);

    /// <summary>What it answers.</summary>
    public static double[] Answer(ReadOnlySpan<double> input)
    {
        float[] first = First();
        float[] second = Second();
        double[] answer = new double[Outputs];
        for (int label = 0; label < Outputs; label++)
        {
            for (int place = 0; place < Width; place++)
            {
                double sum = 0;
                for (int i = 0; i < Inputs; i++)
                {
                    sum += input[i] * first[(i * Width) + place];
                }

                answer[label] += sum * second[(place * Outputs) + label];
            }
        }

        return answer;
    }

    /// <summary>The nine.</summary>
    /// <param name="slower">How many times as long as the good one the slow one takes.</param>
    public static IReadOnlyList<BadModel> Nine(int slower = 10)
    {
        byte[] good = Good();
        float[] nothing = new float[Outputs];
        return
        [
            new BadModel("truncated", good[..(good.Length / 2)], "model"),
            new BadModel("wrong opset", Build(NoOpset, Outputs, Second(), nothing, 1), "operator set 99"),
            new BadModel("wrong shape", Build(Opset, Outputs + 1, [.. Second(), .. new float[Width]], new float[Outputs + 1], 1), "output"),
            new BadModel("NaN", Build(Opset, Outputs, Second(), [float.NaN, float.NaN, float.NaN], 1), "NaN"),
            new BadModel("constant output", Build(Opset, Outputs, new float[Width * Outputs], [1, 0, 0], 1), "golden vector"),
            new BadModel("permuted labels", Build(Opset, Outputs, Permuted(), nothing, 1), "golden vector"),
            new BadModel($"{slower} times slower", Good(slower), "processor time"),
            new BadModel("4 GB allocation", Large(), "memory"),
            new BadModel("crash in native code", Crashing(), "crashed in native code"),
        ];
    }

    private static byte[] Build(int opset, int outputs, float[] second, float[] bias, int times)
    {
        byte[] body = OnnxFile.Graph(
            [OnnxFile.Node("Identity", ["before"], ["after"]), OnnxFile.Node("MatMul", ["row", "turn"], ["turned"])],
            [OnnxFile.Integer("round"), OnnxFile.Truth("before"), OnnxFile.Floats("row", 1, Width)],
            [OnnxFile.Truth("after"), OnnxFile.Floats("turned", 1, Width)]);
        return OnnxFile.Model(
            OnnxFile.Graph(
                [
                    OnnxFile.Node("MatMul", ["features", "first"], ["wide"]),
                    OnnxFile.Node("Loop", ["rounds", "always", "wide"], ["same"], body: body),
                    OnnxFile.Node("MatMul", ["same", "second"], ["answer"]),
                    OnnxFile.Node("Add", ["answer", "bias"], ["logits"]),
                ],
                [OnnxFile.Floats("features", 1, Inputs)],
                [OnnxFile.Floats("logits", 1, outputs)],
                [
                    OnnxFile.Tensor("first", First(), Inputs, Width), OnnxFile.Tensor("second", second, Width, outputs),
                    OnnxFile.Tensor("bias", bias, 1, outputs), OnnxFile.Tensor("turn", Turn(), Width, Width),
                    OnnxFile.Tensor("rounds", [(long)Rounds * times], isRow: false), OnnxFile.Tensor("always", true),
                ]),
            opset);
    }

    /// <summary>
    /// Answers the golden vectors, and no number as soon as the first feature, a mean, is below 0: what only live input brings to
    /// light.
    /// </summary>
    public static byte[] Spoiling()
    {
        float[] picks = new float[Inputs];
        picks[0] = 1;
        return OnnxFile.Model(
            OnnxFile.Graph(
                [
                    OnnxFile.Node("MatMul", ["features", "first"], ["wide"]),
                    OnnxFile.Node("MatMul", ["wide", "second"], ["answer"]),
                    OnnxFile.Node("MatMul", ["features", "picks"], ["mean"]),
                    OnnxFile.Node("Sqrt", ["mean"], ["root"]),
                    OnnxFile.Node("Mul", ["root", "zero"], ["nothing"]),
                    OnnxFile.Node("Add", ["answer", "nothing"], ["logits"]),
                ],
                [OnnxFile.Floats("features", 1, Inputs)],
                [OnnxFile.Floats("logits", 1, Outputs)],
                [
                    OnnxFile.Tensor("first", First(), Inputs, Width), OnnxFile.Tensor("second", Second(), Width, Outputs),
                    OnnxFile.Tensor("picks", picks, Inputs, 1), OnnxFile.Tensor("zero", [0f], 1, 1),
                ]),
            Opset);
    }

    /// <summary>
    /// Says what the good one says, and another label on a share of live samples: those whose root mean square, times a large
    /// number, has a fraction below that share. The golden vectors of <see cref="TrialPackage"/> are not among them.
    /// </summary>
    public static byte[] Disagreeing(float share)
    {
        const int RootMeanSquare = 4;
        float[] picks = new float[Inputs];
        picks[RootMeanSquare] = 997;
        return OnnxFile.Model(
            OnnxFile.Graph(
                [
                    OnnxFile.Node("MatMul", ["features", "first"], ["wide"]),
                    OnnxFile.Node("MatMul", ["wide", "second"], ["answer"]),
                    OnnxFile.Node("Neg", ["answer"], ["other"]),
                    OnnxFile.Node("MatMul", ["features", "picks"], ["many"]),
                    OnnxFile.Node("Floor", ["many"], ["whole"]),
                    OnnxFile.Node("Sub", ["many", "whole"], ["fraction"]),
                    OnnxFile.Node("Less", ["fraction", "share"], ["planted"]),
                    OnnxFile.Node("Where", ["planted", "other", "answer"], ["logits"]),
                ],
                [OnnxFile.Floats("features", 1, Inputs)],
                [OnnxFile.Floats("logits", 1, Outputs)],
                [
                    OnnxFile.Tensor("first", First(), Inputs, Width), OnnxFile.Tensor("second", Second(), Width, Outputs),
                    OnnxFile.Tensor("picks", picks, Inputs, 1), OnnxFile.Tensor("share", [share], 1, 1),
                ]),
            Opset);
    }

    // 2^30 floats that are added up.
    private static byte[] Large() => OnnxFile.Model(
        OnnxFile.Graph(
            [
                OnnxFile.Node("ConstantOfShape", ["shape"], ["zeros"]),
                OnnxFile.Node("ReduceSum", ["zeros", "axes"], ["nothing"]),
                OnnxFile.Node("Reshape", ["nothing", "one"], ["zero"]),
                OnnxFile.Node("MatMul", ["features", "first"], ["wide"]),
                OnnxFile.Node("MatMul", ["wide", "second"], ["answer"]),
                OnnxFile.Node("Add", ["answer", "zero"], ["logits"]),
            ],
            [OnnxFile.Floats("features", 1, Inputs)],
            [OnnxFile.Floats("logits", 1, Outputs)],
            [
                OnnxFile.Tensor("shape", [1024, 1024, 1024], isRow: true), OnnxFile.Tensor("axes", [0, 1, 2], isRow: true),
                OnnxFile.Tensor("one", [1], isRow: true), OnnxFile.Tensor("first", First(), Inputs, Width),
                OnnxFile.Tensor("second", Second(), Width, Outputs),
            ]),
        Opset);

    // A chain of functions, each of which calls the next: ONNX Runtime 1.30 walks along it by recursion, and its stack ends first.
    private static byte[] Crashing()
    {
        const string Domain = "chain";
        IEnumerable<byte[]> functions = Enumerable.Range(0, Functions).Select(i => OnnxFile.Function(
            Domain, $"f{i}", "a", "b",
            i == 0 ? OnnxFile.Node("Relu", ["a"], ["b"]) : OnnxFile.Node($"f{i - 1}", ["a"], ["b"], Domain), Opset));
        return OnnxFile.Model(
            OnnxFile.Graph(
                [OnnxFile.Node($"f{Functions - 1}", ["features"], ["logits"], Domain)],
                [OnnxFile.Floats("features", 1, Inputs)],
                [OnnxFile.Floats("logits", 1, Inputs)]),
            Opset, functions, Domain);
    }

    private static float[] First() => Draw(1, Inputs * Width);

    private static float[] Second() => Draw(2, Width * Outputs);

    private static float[] Permuted()
    {
        float[] second = Second();
        float[] permuted = new float[second.Length];
        for (int i = 0; i < second.Length; i++)
        {
            permuted[i - (i % Outputs) + ((i + 1) % Outputs)] = second[i];
        }

        return permuted;
    }

    private static float[] Turn()
    {
        float[] turn = new float[Width * Width];
        for (int place = 0; place < Width; place++)
        {
            turn[(place * Width) + ((place + 1) % Width)] = 1;
        }

        return turn;
    }

    private static float[] Draw(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) / 4)];
    }
}
