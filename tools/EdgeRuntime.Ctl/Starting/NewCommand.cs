using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>The verb <c>new</c>: makes a package, a recording and a device's configuration of a model and data that somebody has.</summary>
internal static class NewCommand
{
    public const string Usage = """
        usage: edgectl new MODEL [--data DATA] [--output DIR] [--name NAME] [--quantize] [OPTION]...

        Makes a package of an ONNX model: finds out what it takes and gives from the model and from DATA, runs it on them,
        and writes into DIR the package with its source, the data as a recording, and edge.json, with which a device serves
        the model at once. Whatever it guessed it says, with the place in the manifest where that is changed. The package
        is signed with a development key, which production devices refuse.
          --data         a table (CSV, with a header or not), an .npy array, or a folder of PNG and JPEG files, or of folders
                         of them, one for each class. Without it pictures are made up
          --channels     columns that the model takes, in its order: temperature,co2
          --truth        column that says what the answers should be; the model does not see it
          --labels       names of the classes, in the order of the model's output: empty,occupied
          --output-kind  classification, regression or reconstruction
          --answer       output tensor that is read, of several
          --scaling      none, standard (mean 0, deviation 1 on the data) or min-max (0 to 1 on the data)
          --rate         rows or pictures a second, where the data do not tell
          --set          NAME=VALUE[,VALUE]...: an input that never changes
          --state        INPUT=OUTPUT: a tensor that the model hands itself
          --shape        NAME=1x3x96x96: an input that the model leaves open
          --quantize     makes an int8 model of a float one, calibrated on the data, and keeps it only if it answers alike
          --force        writes into a DIR that is there, with the next release counter
        After a change: edgectl pack DIR/package --output DIR/NAME.edgepkg --key DIR/keys/development.key.pem
        """;

    public const string Example = """
        edgectl new occupancy.onnx --data occupancy.csv
        edge-device run --config occupancy/edge.json
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        NewOptions options = NewOptions.Parse(words);
        using ProjectDirectory project = ProjectDirectory.For(options);
        OnnxEnvironment environment;
        try
        {
            environment = OnnxEnvironment.Open(options.Library, around.Time);
        }
        catch (ModelLoadException missing)
        {
            throw new CommandException(ExitCode.Unavailable, missing.Message);
        }

        Guesses guesses = new();
        ModelContract contract = ModelContract.Read(options, environment, guesses);
        Draft draft = DraftBuilder.Build(contract, options, project, environment, guesses, around.Time);
        if (options.Quantize)
        {
            draft = Int8Model.Of(draft, contract, environment, around.Time);
        }

        draft = draft.WithGoals();
        if (draft.Manifest.Gates is [GateSpec gate, ..])
        {
            guesses.Add(Invariant($"{gate.Metric} must be at least {gate.Value}"), "that is two points below what was measured on these data", "/gates");
        }

        byte[] archive = project.Write(draft, contract, guesses, environment);
        Print(draft, contract, guesses, project, archive, around);
        return ExitCode.Done;
    }

    private static void Print(
        Draft draft, ModelContract contract, Guesses guesses, ProjectDirectory project, byte[] archive, Surroundings around)
    {
        ModelManifest manifest = draft.Manifest;
        string inputs = string.Join(", ", contract.Inputs.Select(ModelContract.Spell));
        around.Output.WriteLine($"model     {inputs} -> {ModelContract.Spell(contract.Answer)}: {manifest.Output.Kind}");
        around.Output.WriteLine(Invariant($"data      {draft.Data}; {draft.Run.Answers.Count} samples, {draft.Run.MedianMs:0.###} ms each here"));
        if (draft.Score is double score)
        {
            around.Output.WriteLine(draft.Meaning.Classes.Count > 0
                ? Invariant($"truth     {score:0.0%} of the samples are right")
                : Invariant($"truth     {score:0.0%} of the variance is explained"));
        }

        if (draft.Quantization is { } quantization)
        {
            around.Output.WriteLine($"int8      {quantization}");
        }

        foreach (string warning in draft.Warnings())
        {
            around.Output.WriteLine($"{around.Yellow("beware")}    {warning}");
        }

        foreach (Guess guess in guesses.All)
        {
            around.Output.WriteLine($"{around.Faint("guessed:")}  {Table.Plain(guess.ToString())}");
        }

        around.Output.WriteLine();
        Table table = new("row", "answer", "score", "truth");
        foreach (SampleAnswer answer in draft.First(5))
        {
            (string label, double value) = draft.Decoded(answer);
            table.Add(
                (answer.Row + 1).ToString(CultureInfo.InvariantCulture), label, value.ToString("0.####", CultureInfo.InvariantCulture),
                draft.TruthNameOf(answer.Row));
        }

        table.Print(around);
        around.Output.WriteLine();
        around.Output.WriteLine($"package   {project.PackageFile}: {manifest.Name} {manifest.Version} (release {manifest.ReleaseCounter}), {archive.Length} bytes, verified as a device does");
        around.Output.WriteLine($"signed    with the development key {project.KeyId}; production devices refuse it");
        around.Output.WriteLine($"card      {project.CardFile} holds what was guessed");
        around.Output.WriteLine($"next      {around.Variable("EDGE_DEVICE") ?? "edge-device"} run --config {project.ConfigurationFile}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
