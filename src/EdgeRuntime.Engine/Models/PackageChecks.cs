using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Models;

/// <summary>The checks of one line's packages: one at a time, on another thread, and only what was asked for last counts.</summary>
internal sealed class PackageChecks(AgentParts parts, PackageSite site, SlotStore store)
{
    private VerificationJob? _job;

    /// <summary>Whether one is under way.</summary>
    public bool IsBusy => _job is not null;

    /// <summary>Checks and loads the trusted package.</summary>
    public void BeginActive(LineState state, StoredPackage active) =>
        BeginFile(JobPurpose.Active, store.PathOf(active.ArchiveSha256), active, _ => null, state.IsTrusted(active.Digest));

    /// <summary>Checks and loads the package that is pending.</summary>
    public void BeginCandidate(LineState state, Activation.Verifying checking)
    {
        UpdateOrder order = checking.Order;
        string path = checking.Source == PackageSource.Incoming ? store.IncomingPath : store.PathOf(order.ArchiveSha256);
        StoredPackage expected = new(order.Digest, order.Version, 0, order.ArchiveSha256, order.Size);
        BeginFile(JobPurpose.Candidate, path, expected, state.CounterObjection, state.IsTrusted(order.Digest));
    }

    /// <summary>Checks and loads a package that no slot holds.</summary>
    public void BeginInMemory(byte[] archive, ModelId digest) =>
        Begin(VerificationJob.OfBytes(JobPurpose.Fallback, archive, digest, parts.Verification, site));

    /// <summary>A check of a package in a slot that nobody here waits for; null when neither slot holds it.</summary>
    public VerificationJob? CopyOf(LineState state, ModelId digest) =>
        ((StoredPackage?[])[state.A, state.B]).FirstOrDefault(stored => stored?.Digest == digest) is StoredPackage stored
            ? VerificationJob.OfFile(
                JobPurpose.Copy, parts.Disk, store.PathOf(stored.ArchiveSha256), stored, parts.Verification, site, _ => null, isTrusted: true)
            : null;

    /// <summary>Takes a job back.</summary>
    /// <returns>False when nobody waits for it any more; what it loaded is disposed of then.</returns>
    public bool Take(VerificationJob job)
    {
        if (job != _job)
        {
            job.Loaded?.Dispose();
            return false;
        }

        _job = null;
        return true;
    }

    private void BeginFile(JobPurpose purpose, string path, StoredPackage expected, Func<long, string?> objection, bool isTrusted) =>
        Begin(VerificationJob.OfFile(purpose, parts.Disk, path, expected, parts.Verification, site, objection, isTrusted));

    private void Begin(VerificationJob job)
    {
        _job = job;
        parts.Events.OnVerify(job);
    }
}
