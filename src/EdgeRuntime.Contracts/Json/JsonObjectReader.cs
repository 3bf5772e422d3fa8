namespace EdgeRuntime.Contracts.Json;

/// <summary>
/// Reads the members of one object of a file by name and notes what is wrong instead of throwing. See
/// <see cref="JsonFile"/> for an example.
/// </summary>
/// <remarks>
/// A member that is absent or wrong yields the fallback, or an empty value of its type; the caller discards the record
/// when there are mistakes. Members never asked for are noted as unknown once the reading function returns.
/// Ranges are inclusive.
/// </remarks>
public sealed class JsonObjectReader
{
    /// <summary>As the lower end of a range: every number greater than 0.</summary>
    public const double AboveZero = double.Epsilon;

    private readonly JsonValue _object;
    private readonly Mistakes? _mistakes;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wrong = new(StringComparer.Ordinal);

    // Without a list the reader is mute: it only supplies empty values where a required object is absent.
    private JsonObjectReader(JsonValue value, string path, Mistakes? mistakes)
    {
        _object = value;
        Path = path;
        _mistakes = mistakes;
    }

    /// <summary>Where the object stands in the file, such as <c>models[0].sensor</c>; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Where the object begins.</summary>
    public JsonPosition Position => _object.Position;

    /// <summary>Names of all members, in the order written. For objects whose names are data.</summary>
    public IEnumerable<string> Names => _object.Members.Select(member => member.Name);

    /// <summary>Fills a record from an object; notes a mistake when <paramref name="value"/> is not one.</summary>
    public static T Read<T>(JsonValue value, string path, Mistakes? mistakes, Func<JsonObjectReader, T> read)
    {
        if (value.Kind != JsonKind.Object)
        {
            mistakes?.Add(value, path, $"must be an object in {{ }}, not {value.Described}");
            value = JsonValue.Object(value.File, value.Position, []);
            mistakes = null;
        }

        JsonObjectReader reader = new(value, path, mistakes);
        T record = read(reader);
        reader.NoteUnknown();
        return record;
    }

    /// <summary>True when the member is there and not null. Asking makes it known.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Makes every member known: for formats whose readers must pass over what they do not know.</summary>
    public void IgnoreUnknown() => _asked.UnionWith(Names);

    /// <summary>The member's value as parsed, or null when absent; for shapes this reader has no method for.</summary>
    public JsonValue? Value(string name) => Find(name);

    /// <summary>Notes that a member is wrong, at its place, or at the object's when it is absent.</summary>
    public void Mistake(string name, string sentence)
    {
        _wrong.Add(name);
        _mistakes?.Add(Find(name) ?? _object, PathOf(name), sentence);
    }

    /// <summary>Notes that one entry of an array, or one member of that entry, is wrong.</summary>
    /// <param name="array">Name of the array.</param>
    /// <param name="index">Which entry, from 0.</param>
    /// <param name="member">Member of the entry, or null for the entry itself.</param>
    public void Mistake(string array, int index, string? member, string sentence)
    {
        _wrong.Add(array);
        JsonValue entry = Find(array) is { } items && index < items.Items.Count ? items.Items[index] : _object;
        JsonValue at = member is null ? entry : entry.Find(member)?.Value ?? entry;
        _mistakes?.Add(at, $"{PathOf(array, index)}{(member is null ? "" : $".{member}")}", sentence);
    }

    /// <summary>Notes that a value further below this object is wrong.</summary>
    /// <param name="at">The value, as <see cref="Value"/> or one of its members or entries gave it.</param>
    /// <param name="path">Where it stands from this object on, such as <c>realtime.cores[1]</c>.</param>
    public void Mistake(JsonValue at, string path, string sentence) =>
        _mistakes?.Add(at, Path.Length == 0 ? path : $"{Path}.{path}", sentence);

    /// <summary>True when the member was found wrong or missing, so that what depends on it need not be judged.</summary>
    public bool IsWrong(string name) => _wrong.Contains(name);

    /// <summary>Notes that the object as a whole is wrong.</summary>
    public void Mistake(string sentence) => _mistakes?.Add(_object, Path, sentence);

    /// <summary>A text that must be there and not be empty.</summary>
    /// <param name="check">Returns what is wrong with the text, or null; not called for an absent one.</param>
    public string RequiredString(string name, Func<string, string?>? check = null)
    {
        if (String(name, check) is string text)
        {
            return text;
        }

        Missing(name, "a text");
        return "";
    }

    /// <summary>A text, or null when absent. An empty text is a mistake.</summary>
    public string? String(string name, Func<string, string?>? check = null)
    {
        if (Of(name, JsonKind.Text, "a text") is not JsonValue value)
        {
            return null;
        }

        if ((value.Text.Length == 0 ? "must not be empty" : check?.Invoke(value.Text)) is string sentence)
        {
            Mistake(name, sentence);
        }

        return value.Text;
    }

    /// <summary>A text, or <paramref name="fallback"/> when absent.</summary>
    public string String(string name, string fallback, Func<string, string?>? check = null) =>
        String(name, check) ?? fallback;

    /// <summary>One of a few words that must be there.</summary>
    public string RequiredChoice(string name, IReadOnlyList<string> choices)
    {
        string text = RequiredString(name, text => Unknown(text, choices));
        return choices.Contains(text) ? text : choices[0];
    }

    /// <summary>One of a few words, or <paramref name="fallback"/> when absent.</summary>
    public string Choice(string name, string fallback, IReadOnlyList<string> choices)
    {
        string text = String(name, fallback, text => Unknown(text, choices));
        return choices.Contains(text) ? text : fallback;
    }

    /// <summary>One of a few words, or null when absent.</summary>
    public string? OptionalChoice(string name, IReadOnlyList<string> choices) =>
        String(name, text => Unknown(text, choices)) is string text && choices.Contains(text) ? text : null;

    /// <summary>A whole number that must be there.</summary>
    public int RequiredInt(string name, int min, int max) => (int)RequiredLong(name, min, max);

    /// <summary>A whole number, or <paramref name="fallback"/> when absent.</summary>
    public int Int(string name, int fallback, int min, int max) => (int)Long(name, fallback, min, max);

    /// <summary>A whole number that must be there.</summary>
    public long RequiredLong(string name, long min, long max)
    {
        if (WholeNumber(name, min, max) is long number)
        {
            return number;
        }

        Missing(name, $"a whole number{JsonNumber.Range(min, max)}");
        return min;
    }

    /// <summary>A whole number, or <paramref name="fallback"/> when absent.</summary>
    public long Long(string name, long fallback, long min, long max) => WholeNumber(name, min, max) ?? fallback;

    /// <summary>A whole number, or null when absent.</summary>
    public long? Long(string name, long min, long max) => WholeNumber(name, min, max);

    /// <summary>A whole number, or null when absent.</summary>
    public int? Int(string name, int min, int max) => (int?)WholeNumber(name, min, max);

    /// <summary>A finite number that must be there.</summary>
    public double RequiredDouble(string name, double min = double.MinValue, double max = double.MaxValue)
    {
        if (Double(name, min, max) is double number)
        {
            return number;
        }

        Missing(name, $"a number{JsonNumber.Range(min, max)}");
        return Math.Max(min, 0);
    }

    /// <summary>A finite number, or null when absent.</summary>
    public double? Double(string name, double min = double.MinValue, double max = double.MaxValue)
    {
        if (Of(name, JsonKind.Number, "a number") is not JsonValue value)
        {
            return null;
        }

        double number = JsonNumber.Of(value);
        if (!(number >= min && number <= max))
        {
            Mistake(name, JsonNumber.Outside(value, min, max));
            number = Math.Max(min, 0);
        }

        return number;
    }

    /// <summary>A finite number, or <paramref name="fallback"/> when absent.</summary>
    public double Double(string name, double fallback, double min, double max) => Double(name, min, max) ?? fallback;

    /// <summary>A boolean, or <paramref name="fallback"/> when absent.</summary>
    public bool Bool(string name, bool fallback) =>
        Of(name, JsonKind.Bool, "true or false") is JsonValue value ? value.Text == "true" : fallback;

    /// <summary>An object that must be there.</summary>
    public T RequiredObject<T>(string name, Func<JsonObjectReader, T> read)
    {
        if (Find(name) is JsonValue value)
        {
            return Read(value, PathOf(name), _mistakes, read);
        }

        Missing(name, "an object in { }");
        return Read(JsonValue.Object(_object.File, _object.Position, []), PathOf(name), null, read);
    }

    /// <summary>An object, or null when absent.</summary>
    public T? Object<T>(string name, Func<JsonObjectReader, T> read)
        where T : class => Find(name) is JsonValue value ? Read(value, PathOf(name), _mistakes, read) : null;

    /// <summary>An array of objects that must be there.</summary>
    public IReadOnlyList<T> RequiredObjects<T>(string name, Func<JsonObjectReader, T> read, int min, int max) =>
        Items(name, min, max, required: true, (value, i) => Read(value, PathOf(name, i), _mistakes, read));

    /// <summary>An array of objects; empty when absent.</summary>
    public IReadOnlyList<T> Objects<T>(string name, Func<JsonObjectReader, T> read, int max) =>
        Items(name, 0, max, required: false, (value, i) => Read(value, PathOf(name, i), _mistakes, read));

    /// <summary>An array of texts; required when <paramref name="min"/> is above 0, else empty when absent.</summary>
    public IReadOnlyList<string> Strings(string name, int min, int max, Func<string, string?>? check = null) =>
        Items(name, min, max, required: min > 0, (value, i) =>
        {
            string? sentence = value.Kind != JsonKind.Text ? $"must be a text, not {value.Described}"
                : value.Text.Length == 0 ? "must not be empty"
                : check?.Invoke(value.Text);
            Note(value, name, i, sentence);
            return value.Text;
        });

    /// <summary>An array of finite numbers; as <see cref="Strings"/>.</summary>
    /// <param name="min">Fewest numbers.</param>
    /// <param name="max">Most numbers.</param>
    public IReadOnlyList<double> Doubles(
        string name, int min, int max, double low = double.MinValue, double high = double.MaxValue) =>
        Items(name, min, max, required: min > 0, (value, i) =>
        {
            double number = value.Kind == JsonKind.Number ? JsonNumber.Of(value) : double.NaN;
            Note(value, name, i, value.Kind != JsonKind.Number ? $"must be a number, not {value.Described}"
                : !(number >= low && number <= high) ? JsonNumber.Outside(value, low, high)
                : null);
            return number;
        });

    /// <summary>An array of whole numbers; as <see cref="Strings"/>.</summary>
    public IReadOnlyList<long> Longs(string name, int min, int max, long low, long high) =>
        Items(name, min, max, required: min > 0, (value, i) =>
        {
            Note(value, name, i, JsonNumber.Whole(value, low, high, out long number));
            return number;
        });

    /// <summary>An object whose names are data; texts, numbers and booleans as text. Empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Texts(string name) => Map(name, static (reader, member) =>
    {
        JsonValue? value = reader.Value(member);
        if (value is null or { Kind: JsonKind.Array or JsonKind.Object })
        {
            reader.Mistake(member, "must be a text, a number, true or false");
        }

        return value?.Text ?? "";
    });

    /// <summary>An object whose names are data; empty when absent.</summary>
    /// <param name="read">Reads the member of the given name with the given reader.</param>
    public IReadOnlyDictionary<string, T> Map<T>(string name, Func<JsonObjectReader, string, T> read)
    {
        Dictionary<string, T> map = new(StringComparer.Ordinal);
        Object(name, reader =>
        {
            foreach (string member in reader.Names)
            {
                map[member] = read(reader, member);
            }

            return map;
        });
        return map;
    }

    private T[] Items<T>(string name, int min, int max, bool required, Func<JsonValue, int, T> item)
    {
        if (Of(name, JsonKind.Array, "an array in [ ]") is not JsonValue value)
        {
            if (required)
            {
                Missing(name, "an array in [ ]");
            }

            return [];
        }

        if (value.Items.Count < min || value.Items.Count > max)
        {
            string allowed = min == max ? $"{min}" : $"{min} to {max}";
            Mistake(name, $"has {value.Items.Count} entries; {allowed} are allowed");
        }

        // The bound is said once, above; reading stops there, so that a file of a million entries costs nothing more.
        T[] items = new T[Math.Min(value.Items.Count, max)];
        int before = _mistakes?.Found ?? 0;
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = item(value.Items[i], i);
        }

        if (_mistakes?.Found > before)
        {
            _wrong.Add(name);
        }

        return items;
    }

    private JsonValue? Find(string name)
    {
        _asked.Add(name);
        return _object.Find(name)?.Value is { Kind: not JsonKind.Null } value ? value : null;
    }

    private JsonValue? Of(string name, JsonKind kind, string expected)
    {
        JsonValue? value = Find(name);
        if (value is null || value.Kind == kind)
        {
            return value;
        }

        Mistake(name, $"must be {expected}, not {value.Described}");
        return null;
    }

    // A member of the wrong kind was noted already; only true absence is noted here.
    private void Missing(string name, string expected)
    {
        if (Find(name) is null)
        {
            Mistake(name, $"is missing; it must be {expected}");
        }
    }

    private long? WholeNumber(string name, long min, long max)
    {
        if (Of(name, JsonKind.Number, "a whole number") is not JsonValue value)
        {
            return null;
        }

        if (JsonNumber.Whole(value, min, max, out long number) is string sentence)
        {
            Mistake(name, sentence);
        }

        return number;
    }

    // The path is made for a mistake only: it would be most of what reading an array of numbers allocates.
    private void Note(JsonValue value, string array, int index, string? sentence)
    {
        if (sentence is not null)
        {
            _mistakes?.Add(value, PathOf(array, index), sentence);
        }
    }

    private string PathOf(string array, int index) => $"{PathOf(array)}[{index}]";

    private string PathOf(string name)
    {
        bool plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        string last = plain ? name : $"[\"{JsonValue.Shortened(name)}\"]";
        return Path.Length == 0 || !plain ? Path + last : $"{Path}.{last}";
    }

    private void NoteUnknown()
    {
        foreach (JsonMember member in _object.Members)
        {
            if (!_asked.Contains(member.Name))
            {
                string sentence = $"is not known here{Spelling.Hint(member.Name, _asked)}";
                _mistakes?.Add(new Mistake(member.Value.File, member.NamePosition, PathOf(member.Name), sentence));
            }
        }
    }

    private static string? Unknown(string text, IReadOnlyList<string> choices) => choices.Contains(text)
        ? null
        : $"\"{JsonValue.Shortened(text)}\" is not one of {string.Join(", ", choices)}{Spelling.Hint(text, choices)}";
}
