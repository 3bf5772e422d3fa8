using System.Collections;

namespace EdgeRuntime.Contracts.Json;

/// <summary>One thing wrong in a file that a person wrote.</summary>
/// <param name="File">The file's name as it was given to the reader.</param>
/// <param name="Position">Where; (0, 0) when the file as a whole is meant.</param>
/// <param name="Path">Which value, such as <c>models[0].sensor.rate_hz</c>; empty when the syntax is wrong.</param>
/// <param name="Sentence">What is wrong and, where it helps, what would be right.</param>
public sealed record Mistake(string File, JsonPosition Position, string Path, string Sentence)
{
    /// <summary>One line: <c>edge.json:12:7: models[0].sensor.rate_hz: 900 is outside 0.2 to 50</c>.</summary>
    public override string ToString()
    {
        string place = Position.Line == 0 ? File : $"{File}:{Position.Line}:{Position.Column}";
        return Path.Length == 0 ? $"{place}: {Sentence}" : $"{place}: {Path}: {Sentence}";
    }
}

/// <summary>All that is wrong with one or several files, in the order of lines, so that it is mended in one go.</summary>
/// <remarks>Bounded: the first <see cref="Capacity"/> are kept, the rest is counted in <see cref="More"/>.</remarks>
public sealed class Mistakes : IReadOnlyList<Mistake>
{
    /// <summary>Mistakes kept.</summary>
    public const int Capacity = 50;

    private readonly List<Mistake> _kept = [];
    private readonly List<string> _files = [];

    /// <summary>Mistakes kept; see <see cref="More"/> for those beyond.</summary>
    public int Count => _kept.Count;

    /// <summary>Mistakes found beyond <see cref="Capacity"/> and not kept.</summary>
    public int More { get; private set; }

    /// <summary>All mistakes found, kept or not.</summary>
    public int Found => Count + More;

    /// <summary>True when anything is wrong; what was read must then not be used.</summary>
    public bool Any => _kept.Count > 0;

    /// <inheritdoc/>
    public Mistake this[int index] => _kept[index];

    /// <summary>Adds a mistake.</summary>
    /// <remarks>Pieces of the file may stand in it: control characters, which a terminal obeys, are replaced.</remarks>
    public void Add(Mistake mistake)
    {
        if (_kept.Count == Capacity)
        {
            More++;
            return;
        }

        mistake = mistake with
        {
            File = JsonValue.Printable(mistake.File),
            Path = JsonValue.Printable(mistake.Path),
            Sentence = JsonValue.Printable(mistake.Sentence),
        };
        if (!_files.Contains(mistake.File))
        {
            _files.Add(mistake.File);
        }

        // Unknown members are only known once an object has been read, so mistakes do not arrive in the order of lines.
        int at = _kept.Count;
        while (at > 0 && Comes(mistake, _kept[at - 1]) < 0)
        {
            at--;
        }

        _kept.Insert(at, mistake);
    }

    /// <summary>Adds a mistake about one value of a file.</summary>
    public void Add(JsonValue value, string path, string sentence) =>
        Add(new Mistake(value.File, value.Position, path, sentence));

    /// <summary>Adds a mistake about a file as a whole.</summary>
    public void AddFile(string file, string sentence) => Add(new Mistake(file, default, "", sentence));

    /// <summary>One line for each mistake, and one with the count of the rest if there are more.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (Mistake mistake in _kept)
        {
            yield return mistake.ToString();
        }

        if (More > 0)
        {
            yield return More == 1 ? "and 1 more mistake" : $"and {More} more mistakes";
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Mistake> GetEnumerator() => _kept.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Lines());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Comes(Mistake left, Mistake right)
    {
        int byFile = _files.IndexOf(left.File).CompareTo(_files.IndexOf(right.File));
        if (byFile != 0)
        {
            return byFile;
        }

        int byLine = left.Position.Line.CompareTo(right.Position.Line);
        return byLine != 0 ? byLine : left.Position.Column.CompareTo(right.Position.Column);
    }
}
