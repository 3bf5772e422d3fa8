namespace EdgeRuntime.Simulator;

/// <summary>What of the unsynced work a medium happens to have kept when the power failed.</summary>
public enum Aftermath
{
    /// <summary>Only what was synced.</summary>
    SyncedOnly,

    /// <summary>Everything, as if each operation had been synced.</summary>
    Everything,

    /// <summary>Names without the content behind them: the classic empty file after a rename.</summary>
    NamesOnly,

    /// <summary>Content, but under the old names.</summary>
    ContentOnly,

    /// <summary>A random subset of names and writes, each write whole, torn, or only its length.</summary>
    Torn,
}
