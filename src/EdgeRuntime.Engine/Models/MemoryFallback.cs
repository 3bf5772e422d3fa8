using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>Better a model that no slot holds than none: the configured package, checked like any other, once in the life of a process.</summary>
internal sealed class MemoryFallback(ConfiguredPackage configured, PackageChecks checks, ServedPackages served, UpdateNews news)
{
    /// <summary>Whether it was tried.</summary>
    public bool IsTried { get; private set; }

    /// <summary>Begins to check it, or says why no model answers.</summary>
    public void Begin()
    {
        IsTried = true;
        byte[]? archive = configured.ReadBytes();
        if (archive is not null && configured.Check(archive) is PackageArchive package)
        {
            checks.BeginInMemory(archive, package.Id);
        }
        else
        {
            string why = configured.Objection ?? "there is no package yet, and the configuration brings none";
            news.Notice(EventSeverity.Warning, $"no model answers: {why}");
        }
    }

    /// <summary>Lets it answer where the check found it good.</summary>
    public void OnChecked(VerificationJob job)
    {
        if (job.Loaded is LoadedPackage loaded)
        {
            served.FallBackOn(loaded);
            news.Notice(
                EventSeverity.Warning,
                $"the configured package {loaded.Manifest.Version} answers from memory, because the disk does not take it");
        }
        else
        {
            news.Notice(EventSeverity.Error, $"no model answers: {job.Refusal}");
        }
    }
}
