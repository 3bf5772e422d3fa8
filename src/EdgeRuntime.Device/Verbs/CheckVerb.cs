using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Lists every mistake of a configuration, its profile and its packages, the configuration package in force included, without serving.</summary>
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

        setup = ActiveConfiguration.Look(setup, path, out string? unused);
        if (unused is not null)
        {
            Console.Error.WriteLine($"{path}: good alone, but {unused}");
            return ExitCode.BadConfiguration;
        }

        Console.WriteLine($"{path}: good{(setup.Overlay is OverlayPackage overlay ? $", under {overlay.Label}" : "")}");
        Console.WriteLine($"  device   {setup.Configuration.Device}, profile {setup.Profile.Name}");
        if (Recipient(setup.Configuration) is string key)
        {
            Console.WriteLine($"  key      {setup.Configuration.Device} {key}");
        }

        Console.WriteLine($"  broker   {setup.Configuration.Link.Host}:{setup.Configuration.Link.Port}, root {setup.Configuration.Link.Root}");
        foreach (ModelConfiguration model in setup.Configuration.Models)
        {
            Console.WriteLine($"  model    {model.Name} from {model.Sensor.Driver}{(model.Package is null ? ", package to come from the fleet" : $", {model.Package}")}");
        }

        return ExitCode.Done;
    }

    // As a line of the file that 'edgectl push --recipients' takes; only where the device made its key, or was given one.
    private static string? Recipient(DeviceConfiguration configuration)
    {
        if (configuration.DeviceKeyFile is null && !Directory.Exists(configuration.StateDirectory))
        {
            return null;
        }

        using HpkePrivateKey? key = DeviceStorage.Find(new FileDisk(configuration.StateDirectory), configuration)?.Recipient();
        return key is null ? null : Convert.ToBase64String(key.PublicKey);
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
