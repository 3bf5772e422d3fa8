using EdgeRuntime.Device.Verbs;

// Read, check, compose, run: each verb is a page of its own.
return args switch
{
    ["run", .. string[] rest] => RunVerb.Run(rest),
    ["check", .. string[] rest] => CheckVerb.Run(rest),
    ["infer", .. string[] rest] => InferVerb.Run(rest),
    ["selftest", .. string[] rest] => SelftestVerb.Run(rest),
    ["top", .. string[] rest] => TopVerb.Run(rest),
    ["bench", .. string[] rest] => BenchVerb.Run(rest),
    ["doctor", .. string[] rest] => DoctorVerb.Run(rest),
    [ProveVerb.Name, .. string[] rest] => ProveVerb.Run(rest),
    [TryVerb.Name, .. string[] rest] => TryVerb.Run(rest),
    ["version", .. string[] rest] => VersionVerb.Run(rest),
    ["--version", .. string[] rest] => VersionVerb.Run(rest),
    ["help", "infer", ..] => InferVerb.Run(["--help"]),
    ["help", "run" or "check" or "selftest" or "top" or "bench" or "doctor" or "version", ..] => Usage.Of(args[1]),
    ["help" or "--help" or "-h", ..] => Usage.Print(Console.Out, ExitCode.Done),
    [] => Usage.Print(Console.Error, ExitCode.BadUsage),
    [string verb, ..] => Usage.Unknown(verb),
};
