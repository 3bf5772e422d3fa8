using EdgeRuntime.Ctl.Deltas;
using EdgeRuntime.Ctl.Devices;
using EdgeRuntime.Ctl.Fleet;
using EdgeRuntime.Ctl.Monitoring;
using EdgeRuntime.Ctl.Packages;
using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Ctl.Tuf;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Ctl;

/// <summary>Every verb of the program.</summary>
internal static class Verbs
{
    private const string InferExample = "edgectl infer model.onnx --input window.npy";

    public static IReadOnlyList<Verb> All { get; } =
    [
        new("new", "makes a package of a model and data", NewCommand.Usage, NewCommand.Example, Quick(NewCommand.Run)),
        new("keygen", "makes a signing key", KeygenCommand.Usage, KeygenCommand.Example, Quick(KeygenCommand.Run)),
        new("pack", "makes a package of a directory", PackCommand.Usage, PackCommand.Example, Quick(PackCommand.Run)),
        new("sign", "adds a signature to a package", SignCommand.Usage, SignCommand.Example, Quick(SignCommand.Run)),
        new(
            "inspect",
            "shows a package, or all that is wrong with it",
            InspectCommand.Usage,
            InspectCommand.Example,
            Quick(InspectCommand.Run)),
        new("delta", "shows what one package costs after another", DeltaCommand.Usage, DeltaCommand.Example, Quick(DeltaCommand.Run)),
        new(
            "verify",
            "checks all that a device would",
            VerifyCommand.Usage,
            VerifyCommand.Example,
            Quick(VerifyCommand.Run)),
        new("diff", "compares two packages", DiffCommand.Usage, DiffCommand.Example, Quick(DiffCommand.Run)),
        new(
            "repo init",
            "begins a TUF repository",
            RepositoryCommands.InitUsage,
            RepositoryCommands.InitExample,
            Quick(RepositoryCommands.Init)),
        new(
            "repo add",
            "puts a file among its targets",
            RepositoryCommands.AddUsage,
            RepositoryCommands.AddExample,
            Quick(RepositoryCommands.Add)),
        new(
            "repo remove",
            "takes targets out of it",
            RepositoryCommands.RemoveUsage,
            RepositoryCommands.RemoveExample,
            Quick(RepositoryCommands.Remove)),
        new(
            "repo keys",
            "changes the keys of a role",
            RepositoryCommands.KeysUsage,
            RepositoryCommands.KeysExample,
            Quick(RepositoryCommands.ChangeKeys)),
        new(
            "repo sign",
            "signs what is staged, offline",
            RepositorySigning.SignUsage,
            RepositorySigning.SignExample,
            Quick(RepositorySigning.Sign)),
        new(
            "repo refresh",
            "publishes, and renews the timestamp",
            RepositorySigning.RefreshUsage,
            RepositorySigning.RefreshExample,
            Quick(RepositorySigning.Refresh)),
        new(
            "repo show",
            "shows versions, expiry and targets",
            RepositorySigning.ShowUsage,
            RepositorySigning.ShowExample,
            Quick(RepositorySigning.Show)),
        new("tuf", "reads a TUF repository as devices do", TufCommand.Usage, TufCommand.Example, Quick(TufCommand.Run)),
        new(
            "record",
            "writes a sensor's frames to CSV",
            RecordCommand.Usage,
            RecordCommand.Example,
            RecordCommand.RunAsync),
        new(
            "replay",
            "judges stored windows again",
            ReplayCommand.Usage,
            ReplayCommand.Example,
            ReplayCommand.RunAsync),
        new(
            "features",
            "runs a package's pipeline over recordings",
            FeaturesCommand.Usage,
            FeaturesCommand.Example,
            Quick(FeaturesCommand.Run)),
        new(
            "profile",
            "says how data look, and makes the yardstick of devices",
            ProfileCommand.Usage,
            ProfileCommand.Example,
            Quick(ProfileCommand.Run)),
        new(
            "reference",
            "makes a package's yardstick for drift",
            ReferenceCommand.Usage,
            ReferenceCommand.Example,
            Quick(ReferenceCommand.Run)),
        new("detect", "finds where a recorded stream drifts", DetectCommand.Usage, DetectCommand.Example, Quick(DetectCommand.Run)),
        new(
            "explain",
            "divides an answer among what led to it",
            ExplainCommand.Usage,
            ExplainCommand.Example,
            Quick(ExplainCommand.Run)),
        new(
            "compare",
            "says whether data has drifted from other data",
            CompareCommand.Usage,
            CompareCommand.Example,
            Quick(CompareCommand.Run)),
        new(
            "optimize",
            "writes a model as ONNX Runtime runs it here",
            OptimizeCommand.Usage,
            OptimizeCommand.Example,
            Quick(OptimizeCommand.Run)),
        new("infer", "runs a model once on files", InferArguments.Usage, InferExample, Quick(Infer)),
        new("push", "one package to some devices, without a manager", PushCommand.Usage, PushCommand.Example, PushCommand.RunAsync),
        new("label", "tells a device what was true of its answers", LabelCommand.Usage, LabelCommand.Example, LabelCommand.RunAsync),
        new("capture", "fetches what a device kept of what it saw", CaptureCommand.Usage, CaptureCommand.Example, CaptureCommand.RunAsync),
        new("undo", "returns devices to the package before", UndoCommand.Usage, UndoCommand.Example, UndoCommand.RunAsync),
        new(
            "device list",
            "lists the devices",
            DeviceCommands.ListUsage,
            DeviceCommands.ListExample,
            DeviceCommands.ListAsync),
        new(
            "device show",
            "shows one device",
            DeviceCommands.ShowUsage,
            DeviceCommands.ShowExample,
            DeviceCommands.ShowAsync),
        new(
            "package push",
            "gives a package to the fleet",
            PackageCommands.PushUsage,
            PackageCommands.PushExample,
            PackageCommands.PushAsync),
        new(
            "package list",
            "lists the fleet's packages",
            PackageCommands.ListUsage,
            PackageCommands.ListExample,
            PackageCommands.ListAsync),
        new("quality", "says how right a model is in the field", QualityCommand.Usage, QualityCommand.Example, QualityCommand.RunAsync),
        new("rollout start", "rolls a package out", StartCommand.Usage, StartCommand.Example, StartCommand.RunAsync),
        new(
            "rollout watch",
            "prints what happens until it ends",
            RolloutWatch.Usage,
            RolloutWatch.Example,
            RolloutWatch.RunAsync),
        new(
            "rollout abort",
            "ends a rollout now",
            RolloutCommands.AbortUsage,
            RolloutCommands.AbortExample,
            RolloutCommands.AbortAsync),
        new(
            "rollout list",
            "lists the newest rollouts",
            RolloutCommands.ListUsage,
            RolloutCommands.ListExample,
            RolloutCommands.ListAsync),
    ];

    /// <summary>The heading under which a verb is listed.</summary>
    public static string GroupOf(Verb verb) => verb.Name.Split(' ')[0] switch
    {
        "new" or "keygen" or "pack" or "sign" or "inspect" or "verify" or "diff" or "delta" or "repo" or "tuf" => "packages",
        "record" or "replay" or "features" or "profile" or "compare" or "reference" or "detect" or "explain" or "optimize" or "infer" => "models and data",
        "push" or "label" or "undo" or "capture" => "devices",
        _ => "fleet",
    };

    private static int Infer(IReadOnlyList<string> words, Surroundings around)
    {
        using Stream output = around.OutputBytes();
        return InferCommand.Run(words, output, around.Errors, around.Time, AudioRow.Read);
    }

    private static Func<IReadOnlyList<string>, Surroundings, CancellationToken, Task<int>> Quick(
        Func<IReadOnlyList<string>, Surroundings, int> run) =>
        (words, around, _) => Task.FromResult(run(words, around));
}
