namespace EdgeRuntime.Ctl.Starting;

/// <summary>One thing that 'edgectl new' took to be so without being told.</summary>
/// <param name="What">What was taken to be so.</param>
/// <param name="Because">Why.</param>
/// <param name="Where">Where it is changed: a file and a JSON pointer into it, such as <c>manifest.json: /output/labels</c>.</param>
internal sealed record Guess(string What, string Because, string Where)
{
    /// <summary>One sentence, as it is printed and stands in the card.</summary>
    public override string ToString() => $"{What}, because {Because}; change it in {Where}";
}

/// <summary>Everything that was guessed, in the order in which it was.</summary>
internal sealed class Guesses
{
    private const string Manifest = "manifest.json: ";

    private readonly List<Guess> _all = [];

    public IReadOnlyList<Guess> All => _all;

    /// <summary>Notes a guess about the manifest.</summary>
    /// <param name="pointer">Into the manifest, such as <c>/output/labels</c>.</param>
    public void Add(string what, string because, string pointer) => _all.Add(new Guess(what, because, Manifest + pointer));

    /// <summary>Notes a guess about another file.</summary>
    public void AddElsewhere(string what, string because, string where) => _all.Add(new Guess(what, because, where));
}
