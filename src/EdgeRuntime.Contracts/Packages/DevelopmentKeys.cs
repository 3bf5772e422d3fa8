namespace EdgeRuntime.Contracts.Packages;

/// <summary>Whether a reader of keys takes development keys.</summary>
/// <remarks>
/// 'edgectl new' signs what it guessed with one. It is marked where it cannot be forgotten: the label of its PEM files is one
/// that no reader of keys takes unless told to, and what it signs is bound to a type of its own
/// (<see cref="ManifestSignature.DevelopmentType"/>), which no other key's signature counts for.
/// </remarks>
public enum DevelopmentKeys
{
    /// <summary>A development key is a mistake.</summary>
    Refused,

    /// <summary>A development key counts for packages that are signed for development.</summary>
    Allowed,
}
