namespace EdgeRuntime.Contracts.Tuf;

/// <summary>What was wrong, by the attack that it would have been. The value is what code and the fleet count.</summary>
public enum TufFault
{
    /// <summary>Not signed by those who must: an arbitrary software attack.</summary>
    ArbitrarySoftware,

    /// <summary>Older than what was trusted before: a rollback attack.</summary>
    Rollback,

    /// <summary>Expired: what is newer may be withheld, a freeze attack.</summary>
    Freeze,

    /// <summary>Files that do not belong together: a mix-and-match attack.</summary>
    MixAndMatch,

    /// <summary>Longer than allowed: an endless data attack.</summary>
    EndlessData,

    /// <summary>Genuine, but not for this device: a wrong software attack.</summary>
    WrongSoftware,

    /// <summary>No metadata at all, or with mistakes.</summary>
    Malformed,

    /// <summary>The repository does not have what its own metadata names, or withholds it: a drop-request attack.</summary>
    Unavailable,

    /// <summary>Nobody who is trusted with the path vouches for such a target.</summary>
    NoSuchTarget,

    /// <summary>There is no trusted root here to begin with.</summary>
    NoTrust,
}

/// <summary>Metadata or a target was refused; what was trusted before stays.</summary>
public sealed class TufException : Exception
{
    /// <summary>With one sentence.</summary>
    public TufException(TufFault fault, string detail)
        : this(fault, [detail])
    {
    }

    /// <summary>With every mistake found, one line each.</summary>
    public TufException(TufFault fault, IReadOnlyList<string> lines)
        : base(string.Join('\n', lines) + Attack(fault))
    {
        Fault = fault;
        Lines = [.. lines.SkipLast(1), lines[^1] + Attack(fault)];
    }

    /// <summary>The reason, for code.</summary>
    public TufFault Fault { get; }

    /// <summary>Sentences for people; the last one names the attack.</summary>
    public IReadOnlyList<string> Lines { get; }

    private static string Attack(TufFault fault) => fault switch
    {
        TufFault.ArbitrarySoftware => " (prevented: arbitrary software attack)",
        TufFault.Rollback => " (prevented: rollback attack)",
        TufFault.Freeze => " (prevented: freeze attack)",
        TufFault.MixAndMatch => " (prevented: mix-and-match attack)",
        TufFault.EndlessData => " (prevented: endless data attack)",
        TufFault.WrongSoftware => " (prevented: wrong software attack)",
        TufFault.Unavailable => " (perhaps a drop-request attack; what was trusted stays)",
        _ => "",
    };
}
