using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// What the installed program does before anything else: becomes the program that the runtime line's pointer names, once every byte
/// of it was held against a signed archive. Where anything is wrong it goes on as itself, and says why.
/// </summary>
/// <remarks>
/// Reads the pointer and never writes it: what the state of the line comes to is decided by the program that serves, as for every
/// other line. A package on trial is started once.
/// </remarks>
internal sealed class Bootstrap(BootFile file, string program, string version, TimeProvider time)
{
    private string? _objection;

    /// <summary>Becomes the program that is to serve, and does not return; or returns when that is this one.</summary>
    /// <param name="words">The words of the command line, without the program's name.</param>
    /// <returns>What the chosen program knows of itself; null where the device takes its program from no package.</returns>
    public static RuntimeChoice? Choose(string configuration, IReadOnlyList<string> words, string version)
    {
        if (RuntimeChoice.Take(Environment.ProcessId) is RuntimeChoice chosen)
        {
            return chosen;
        }

        if (BootFile.Read(configuration, out string? objection) is not BootFile file)
        {
            return null;
        }

        Bootstrap bootstrap = new(file, ProgramPath.Own, version, TimeProvider.System) { _objection = objection };
        bootstrap.Become(words);
        return bootstrap.Choice(null, null);
    }

    /// <summary>A mistake of the configuration ends this start: that is not held against the program that a package brought.</summary>
    public static void Forgive(string configuration)
    {
        if (BootFile.Read(configuration, out _) is BootFile file && Directory.Exists(file.StateDirectory))
        {
            RuntimeStarts.Forget(new FileDisk(file.StateDirectory));
        }
    }

    private RuntimeChoice Choice(string? tree, long? trial) => new()
    {
        Process = Environment.ProcessId,
        Installed = program,
        InstalledVersion = version,
        Tree = tree,
        Trial = trial,
        Objection = _objection,
    };

    private void Become(IReadOnlyList<string> words)
    {
        if (!ProgramPath.IsNative)
        {
            Objection("this program runs in a host; only one that was compiled natively can become another");
            return;
        }

        if (!Directory.Exists(file.StateDirectory))
        {
            return;
        }

        using StateLock? held = StateLock.TryTake(file.StateDirectory);
        if (held is null)
        {
            // Another process serves: that will be said by the one who tries to, and nothing was started that could be counted.
            return;
        }

        try
        {
            IDisk disk = DeviceStorage.ToRead(new FileDisk(file.StateDirectory), file.DeviceKeyFile);
            LineState? state = RuntimePointer.Read(disk, file.Runtime, out string? damage);
            if (damage is not null)
            {
                Objection(damage);
            }

            if (state is null)
            {
                return;
            }

            RuntimeTree trees = new(file.StateDirectory);
            trees.KeepOnly([state.A?.ArchiveSha256, state.B?.ArchiveSha256]);
            RuntimeStarts starts = new(disk, StartLedger.MachineBoot(), time);
            foreach ((StoredPackage package, long? trial) in RuntimePointer.InOrder(state))
            {
                Become(package, trial, disk, trees, starts, words);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Objection($"the state directory cannot be read: {e.Message}");
        }
    }

    // Returns where it cannot be done.
    private void Become(
        StoredPackage package, long? trial, IDisk disk, RuntimeTree trees, RuntimeStarts starts, IReadOnlyList<string> words)
    {
        try
        {
            RuntimeBundle bundle = RuntimePointer.Open(disk, file.Runtime, package, file.Keys);
            string started = trees.Make(package.ArchiveSha256, bundle.Files, bundle.Program);
            if (starts.TryBegin(package.Digest, trial) is string loop)
            {
                Objection($"{file.Runtime} {package.Version}: {loop}");
                return;
            }

            // A candidate that hangs before it can be judged ends itself, whoever started it.
            DeadMansSwitch.Arm(trial is null ? TimeSpan.Zero : DeadMansSwitch.ToServe);
            int error = Reexecution.Become(started, words, [Choice(trees.RootOf(package.ArchiveSha256), trial).ToVariable()]);
            DeadMansSwitch.Arm(TimeSpan.Zero);
            Objection($"{file.Runtime} {package.Version} cannot be started: {Reexecution.Meaning(error, started)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PackageRejectedException or InvalidDataException)
        {
            Objection($"{file.Runtime} {package.Version} is not started: {(e as PackageRejectedException)?.Detail ?? e.Message}");
        }
    }

    // The first is the cause; what is said after it follows from it.
    private void Objection(string sentence)
    {
        Console.Error.WriteLine($"edge-device: {sentence}");
        _objection ??= sentence;
    }
}
