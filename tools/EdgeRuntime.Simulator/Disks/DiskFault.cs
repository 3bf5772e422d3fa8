namespace EdgeRuntime.Simulator;

/// <summary>How a medium fails that still has power.</summary>
public enum DiskFault
{
    /// <summary>ENOSPC: nothing more fits.</summary>
    NoSpace,

    /// <summary>EIO: the medium does not do it. What a failed sync was about is lost, though it can still be read.</summary>
    InputOutput,
}

/// <summary>The calls of <see cref="EdgeRuntime.Engine.Models.IDisk"/> that can fail.</summary>
public enum DiskCall
{
    Read,
    List,
    Write,
    Sync,
    SyncDirectory,
    Rename,
    Delete,
    CreateDirectory,
    Reserve,
}
