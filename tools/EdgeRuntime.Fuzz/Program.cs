using EdgeRuntime.Fuzz;
using EdgeRuntime.Fuzz.Coverage;
using EdgeRuntime.Fuzz.Targets;

if (FuzzOptions.Parse(args, out string mistake) is not FuzzOptions options)
{
    Console.Error.WriteLine($"fuzz: {mistake}");
    return 64;
}

if (options.List)
{
    foreach (Target target in AllTargets.All)
    {
        Console.WriteLine($"{target.Name,-16} {target.About}");
    }

    return 0;
}

if (options.Targets.FirstOrDefault(name => AllTargets.Named(name) is null) is string unknown)
{
    Console.Error.WriteLine($"fuzz: there is no target '{unknown}'; there are {string.Join(", ", AllTargets.All.Select(target => target.Name))}");
    return 64;
}

if (options.Prove)
{
    return Supervisor.Prove(options);
}

return options.IsWorker ? new InstrumentedContext().Run(args) : Supervisor.Run(options);
