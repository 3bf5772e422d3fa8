using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Lists every mistake of a configuration, its profile and its packages, without serving.</summary>
internal static class CheckVerb
{
    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--config", "--profile"], [], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "check");
        }

        if (options.Help)
        {
            return Usage.Of("check");
        }

        if (options["--profile"] is string profile)
        {
            return ProfileSheet.Print(profile, ProfileFiles.Directories(options["--config"]));
        }

        if (options["--config"] is not string path)
        {
            return Usage.Wrong("check needs --config FILE or --profile NAME", "check");
        }

        Mistakes mistakes = new();
        Setup? setup = Setup.Load(path, mistakes);
        if (setup is null)
        {
            return Report(mistakes);
        }

        Console.WriteLine($"{path}: good");
        Console.WriteLine($"  device   {setup.Configuration.Device}, profile {setup.Profile.Name}");
        Console.WriteLine($"  broker   {setup.Configuration.Link.Host}:{setup.Configuration.Link.Port}, root {setup.Configuration.Link.Root}");
        foreach (ModelConfiguration model in setup.Configuration.Models)
        {
            Console.WriteLine($"  model    {model.Name} from {model.Sensor.Driver}{(model.Package is null ? ", package to come from the fleet" : $", {model.Package}")}");
        }

        return ExitCode.Done;
    }

    /// <summary>Prints all mistakes to standard error.</summary>
    public static int Report(Mistakes mistakes)
    {
        foreach (string line in mistakes.Lines())
        {
            Console.Error.WriteLine(line);
        }

        return ExitCode.BadConfiguration;
    }
}
