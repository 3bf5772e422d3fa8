using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Contracts.Json;

/// <summary>Parses one file into values that know their place. Used once.</summary>
internal ref struct JsonParser
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly string _file;
    private readonly Mistakes _mistakes;
    private readonly int _depth;
    private readonly Places _places = new();
    private Utf8JsonReader _reader;

    public JsonParser(ReadOnlySpan<byte> utf8, string file, Mistakes mistakes, int depth)
    {
        _utf8 = utf8;
        _file = file;
        _mistakes = mistakes;
        _depth = depth;

        // One level deeper than allowed, so that the bound is reported by us, in our words.
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depth + 1 });
    }

    /// <summary>Returns the root, or null with one mistake when the syntax is wrong.</summary>
    public JsonValue? Parse()
    {
        int invalid = JsonSyntax.FirstInvalidUtf8(_utf8);
        if (invalid >= 0)
        {
            return Refuse(invalid, "the file is not UTF-8 text here");
        }

        try
        {
            _reader.Read();
            JsonValue root = Value();
            _reader.Read();
            return root;
        }
        catch (TooDeepException e)
        {
            return Refuse(e.At, $"nested deeper than {_depth} levels");
        }
        catch (JsonException e)
        {
            int at = JsonSyntax.Offset(_utf8, e);
            return Refuse(at, JsonSyntax.Explain(_utf8, at, _reader.TokenType, _reader.CurrentDepth));
        }
    }

    private readonly JsonValue? Refuse(int at, string sentence)
    {
        _mistakes.Add(new Mistake(_file, new Places().Of(_utf8, at), "", sentence));
        return null;
    }

    private JsonValue Value()
    {
        int start = (int)_reader.TokenStartIndex;
        JsonPosition at = _places.Of(_utf8, start);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when _reader.CurrentDepth >= _depth:
                throw new TooDeepException(start);
            case JsonTokenType.StartObject:
                return JsonValue.Object(_file, at, Members());
            case JsonTokenType.StartArray:
                return JsonValue.Array(_file, at, Items());
            case JsonTokenType.String:
                return JsonValue.Scalar(JsonKind.Text, _file, at, Decoded(at));
            case JsonTokenType.Number:
                return JsonValue.Scalar(JsonKind.Number, _file, at, Encoding.ASCII.GetString(_reader.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                return JsonValue.Scalar(JsonKind.Bool, _file, at, Encoding.ASCII.GetString(_reader.ValueSpan));
            default:
                return JsonValue.Scalar(JsonKind.Null, _file, at, "");
        }
    }

    private List<JsonValue> Items()
    {
        List<JsonValue> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value());
        }

        return items;
    }

    private List<JsonMember> Members()
    {
        List<JsonMember> members = [];
        Dictionary<string, int> lines = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            JsonPosition at = _places.Of(_utf8, (int)_reader.TokenStartIndex);
            string name = Decoded(at);
            _reader.Read();
            JsonValue value = Value();
            if (lines.TryAdd(name, at.Line))
            {
                members.Add(new JsonMember(name, at, value));
            }
            else
            {
                string known = JsonValue.Shortened(name);
                string sentence = $"'{known}' stands here a second time; the first is on line {lines[name]}";
                _mistakes.Add(new Mistake(_file, at, "", sentence));
            }
        }

        return members;
    }

    private string Decoded(JsonPosition at)
    {
        try
        {
            return _reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // The bytes are UTF-8, so this is an escaped half of a surrogate pair, which is no character.
            _mistakes.Add(new Mistake(_file, at, "", "the text holds half of a \\uD800-\\uDFFF pair"));
            return "";
        }
    }

    private sealed class TooDeepException(int at) : Exception
    {
        public int At { get; } = at;
    }

    /// <summary>Turns ascending byte offsets into lines and columns in one pass over the text.</summary>
    private sealed class Places
    {
        private int _offset;
        private int _line = 1;
        private int _column = 1;

        public JsonPosition Of(ReadOnlySpan<byte> utf8, int offset)
        {
            for (; _offset < offset; _offset++)
            {
                byte b = utf8[_offset];
                if (b == '\n')
                {
                    _line++;
                    _column = 1;
                }
                else if ((b & 0xC0) != 0x80)
                {
                    // Continuation bytes of UTF-8 do not begin a character.
                    _column++;
                }
            }

            return new JsonPosition(_line, _column);
        }
    }
}
