using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator;

/// <summary>
/// Chooses the program of a device at each start of its process, as the installed program of a real one does before anything else: by the
/// pointer on the disk, every byte held against its archive, and every start counted.
/// </summary>
/// <param name="machineBoot">Another one at each start of the machine.</param>
public sealed class SimulatedBoot(IDisk disk, string machineBoot, TimeProvider time)
{
    private readonly RuntimeStarts _starts = new(disk, machineBoot, time);
    private (ModelId Package, long? Trial)? _started;

    /// <summary>The program that this process runs.</summary>
    public RuntimeSite Choose()
    {
        _started = null;
        string? objection = null;
        try
        {
            LineState? state = RuntimePointer.Read(disk, TestPackages.RuntimeName, out objection);
            foreach ((StoredPackage package, long? trial) in state is null ? [] : RuntimePointer.InOrder(state))
            {
                if (Start(package, trial, ref objection) is LoadedRuntime program)
                {
                    _started = (package.Digest, trial);
                    return Site(program, objection);
                }
            }
        }
        catch (IOException failed)
        {
            objection ??= $"the state directory cannot be read: {failed.Message}";
        }

        return Site(null, objection);
    }

    /// <summary>The program that was chosen serves.</summary>
    public void Served()
    {
        if (_started is { } started)
        {
            _starts.Served(started.Package, started.Trial);
        }
    }

    private LoadedRuntime? Start(StoredPackage package, long? trial, ref string? objection)
    {
        try
        {
            RuntimeBundle bundle = RuntimePointer.Open(disk, TestPackages.RuntimeName, package, [TestPackages.ReleaseKey.Public]);
            if (_starts.TryBegin(package.Digest, trial) is string loop)
            {
                objection ??= $"{package.Version}: {loop}";
                return null;
            }

            // What the program knows of itself, from the files that were laid out for it.
            return ManifestReader.Read(bundle.Files[0].Content.Span, new Mistakes()) is RuntimeManifest manifest ? new LoadedRuntime(bundle.Id, manifest) : null;
        }
        catch (Exception e) when (e is IOException or PackageRejectedException or InvalidDataException)
        {
            objection ??= $"{package.Version} is not started: {e.Message}";
            return null;
        }
    }

    private static RuntimeSite Site(LoadedRuntime? running, string? objection) => new()
    {
        Name = TestPackages.RuntimeName,
        Running = running,
        Objection = objection,
        Prove = _ => new ProofReport(),
    };
}
