using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Models;

/// <summary>One of the two places a package can be in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Slot>))]
public enum Slot
{
    /// <summary>The first.</summary>
    [JsonStringEnumMemberName("a")]
    A,

    /// <summary>The second.</summary>
    [JsonStringEnumMemberName("b")]
    B,
}

/// <summary>
/// A package whose signature, hashes, compatibility and all that its kind demands held when it was put into its slot.
/// </summary>
/// <param name="Digest">Its id.</param>
/// <param name="Version">Semantic version of its manifest.</param>
/// <param name="ReleaseCounter">Release counter of its manifest; at least 1.</param>
/// <param name="ArchiveSha256">SHA-256 of the archive in the slot, lowercase hex; checked again before every
/// load.</param>
/// <param name="Size">Bytes of the archive.</param>
public sealed record StoredPackage(ModelId Digest, string Version, long ReleaseCounter, string ArchiveSha256, long Size)
{
    /// <summary>Floor that its manifest states, and that holds once it is committed; 0 for none.</summary>
    public long Floor { get; init; }
}

/// <summary>
/// All that a device remembers about one line of packages. It is what the pointer file holds; nothing else is believed.
/// </summary>
/// <remarks>
/// Compare by reference: <see cref="Activation.Next"/> returns the same instance when nothing changed. Where a file is silent
/// the JSON reader sets null, whatever the initializer says: what must not be null is kept from it by the members themselves.
/// </remarks>
public sealed record LineState
{
    /// <summary>Digests of committed packages that are remembered; the oldest is forgotten first.</summary>
    public const int TrustedLimit = 16;

    /// <summary>Digests of refused packages that are remembered; the oldest is forgotten first.</summary>
    public const int RefusedLimit = 16;

    /// <summary>Ends of updates that wait for the fleet to be told; the oldest is forgotten first.</summary>
    public const int UntoldLimit = 8;

    /// <summary>The line before any package.</summary>
    public static LineState Empty { get; } = new();

    /// <summary>What stands in slot a, or null.</summary>
    public StoredPackage? A { get; init; }

    /// <summary>What stands in slot b, or null.</summary>
    public StoredPackage? B { get; init; }

    /// <summary>
    /// The slot whose package is trusted to answer, or null when there is none. It changes only with a commit or an
    /// undo.
    /// </summary>
    public Slot? ActiveSlot { get; init; }

    /// <summary>Where the update of this line stands.</summary>
    public Activation Phase { get; init => field = value ?? new Activation.Steady(); } = new Activation.Steady();

    /// <summary>
    /// Highest floor that a package committed here states: nothing below is installed or returned to. It rises by such a signed
    /// statement alone, never merely because something newer ran.
    /// </summary>
    public long Floor { get; init; }

    /// <summary>Highest release counter ever committed here: what the configuration brings must be above it.</summary>
    public long Highest { get; init; }

    /// <summary>Packages once committed here, the newest last.</summary>
    public IReadOnlyList<ModelId> Trusted { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Packages rejected or undone here, the newest last: the configured package is not tried again when it is among
    /// them.
    /// </summary>
    public IReadOnlyList<ModelId> Refused { get; init => field = value ?? []; } = [];

    /// <summary>Highest generation of desired state accepted; 0 for none.</summary>
    public long Generation { get; init; }

    /// <summary>The deployment of that generation, or null.</summary>
    public string? Deployment { get; init; }

    /// <summary>How the newest update ended, or null before the first.</summary>
    public Outcome? Last { get; init; }

    /// <summary>Ends of updates that the fleet may not know of yet, the oldest first.</summary>
    public IReadOnlyList<Outcome> Untold { get; init => field = value ?? []; } = [];

    /// <summary>The package trusted to answer, or null.</summary>
    [JsonIgnore]
    public StoredPackage? Active => ActiveSlot is Slot slot ? this[slot] : null;

    /// <summary>The slot a new package goes into: never the active one.</summary>
    [JsonIgnore]
    public Slot SpareSlot => ActiveSlot == Slot.A ? Slot.B : Slot.A;

    /// <summary>
    /// What stands in <see cref="SpareSlot"/>, or null: a package on trial, one undone, or the one before.
    /// </summary>
    [JsonIgnore]
    public StoredPackage? Spare => this[SpareSlot];

    /// <summary>The package an undo returns to: once committed, and not below the floor; or null.</summary>
    [JsonIgnore]
    public StoredPackage? Previous =>
        Spare is { } spare && IsTrusted(spare.Digest) && spare.ReleaseCounter >= Floor ? spare : null;

    /// <summary>The package that is to answer now: the one on trial, else the active one; null for none.</summary>
    [JsonIgnore]
    public StoredPackage? Serving => Phase is Activation.Switching or Activation.Soaking ? Spare : Active;

    /// <summary>The content of one slot.</summary>
    public StoredPackage? this[Slot slot] => slot == Slot.A ? A : B;

    /// <summary>Whether this device once committed the package.</summary>
    public bool IsTrusted(ModelId digest) => Trusted.Contains(digest);

    /// <summary>A copy with other content in one slot.</summary>
    public LineState With(Slot slot, StoredPackage? package) =>
        slot == Slot.A ? this with { A = package } : this with { B = package };

    /// <summary>Why a package may not be installed by its release counter, or null when it may.</summary>
    public string? CounterObjection(long releaseCounter) => releaseCounter >= Floor
        ? null
        : $"its release counter {releaseCounter} is below {Floor}, the floor that a release committed here has set";

    /// <summary>
    /// Why this state cannot be, or null when it can: what a pointer file is checked for after reading.
    /// </summary>
    public string? Contradiction() => this switch
    {
        { ActiveSlot: Slot slot } when this[slot] is null => $"the active slot {slot} holds nothing",
        { Phase: Activation.Shadowing or Activation.Switching or Activation.Soaking, Spare: null } => "a trial of no package",
        { Phase: Activation.Verifying { Source: PackageSource.Spare }, Spare: null } => "a check of no package",
        { Active: { } active } when !IsTrusted(active.Digest) => "the active package was never committed",
        { Active: { } active } when active.Digest == Spare?.Digest => "both slots hold the same package",
        { Generation: < 0 } or { Floor: < 0 } or { Highest: < 0 } => "a negative counter",
        { Untold: var untold } when untold.Any(outcome => outcome is null) => "an end of no update",
        _ => null,
    };
}

/// <summary>How one update ended. Each is told to the fleet at least once.</summary>
/// <param name="Deployment">The deployment it belonged to.</param>
/// <param name="Generation">Generation of the desired state it came with.</param>
/// <param name="Digest">The package it was about.</param>
/// <param name="Version">Its version, as far as known.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "end")]
[JsonDerivedType(typeof(Committed), "committed")]
[JsonDerivedType(typeof(Rejected), "rejected")]
[JsonDerivedType(typeof(Undone), "undone")]
public abstract record Outcome(string Deployment, long Generation, ModelId Digest, string Version)
{
    /// <summary>The package is trusted and in use.</summary>
    public sealed record Committed(string Deployment, long Generation, ModelId Digest, string Version)
        : Outcome(Deployment, Generation, Digest, Version);

    /// <summary>The package was refused before it was in use.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Rejected(string Deployment, long Generation, ModelId Digest, string Version, string Reason)
        : Outcome(Deployment, Generation, Digest, Version);

    /// <summary>The package was in use, and the one before is again.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Undone(string Deployment, long Generation, ModelId Digest, string Version, string Reason)
        : Outcome(Deployment, Generation, Digest, Version);
}
