using System.Text.Json;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>Changes JSON where its values and members stand, so that most results are still JSON.</summary>
internal static class JsonMutation
{
    private static readonly byte[][] Values =
    [
        "null"u8.ToArray(), "true"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"\""u8.ToArray(), "[[[[]]]]"u8.ToArray(),
        "\"\\u0000\""u8.ToArray(), "\"\\ud800\""u8.ToArray(), "\"\u00e4\u0338\""u8.ToArray(), "[null]"u8.ToArray(), "{\"\":0}"u8.ToArray(),
        "\"../../etc\""u8.ToArray(), "\"/dev/null\""u8.ToArray(), "\"NaN\""u8.ToArray(), "[0,0,0,0,0,0,0,0]"u8.ToArray(),
    ];

    private readonly record struct Range(int Start, int End, int MemberStart);

    /// <summary>One to four changes.</summary>
    public static byte[] Change(byte[] input, byte[] other, Words words, Random random)
    {
        byte[] json = input;
        int changes = 1 << random.Next(3);
        for (int i = 0; i < changes; i++)
        {
            List<Range> values = Find(json);
            if (values.Count == 0)
            {
                return ByteMutation.Havoc(json, other, words, random);
            }

            json = Once(json, values[random.Next(values.Count)], values, other, words, random);
        }

        return json;
    }

    private static byte[] Once(byte[] json, Range at, List<Range> values, byte[] other, Words words, Random random)
    {
        switch (random.Next(11))
        {
            case 0:
                return Replace(json, at, Values[random.Next(Values.Length)]);
            case 1 or 2:
                return Replace(json, at, words.Number(random));
            case 3:
                return Replace(json, at, Quoted(words.Text(random)));
            case 4:
                Range from = values[random.Next(values.Count)];
                return Replace(json, at, json.AsSpan(from.Start, from.End - from.Start));
            case 5:
                List<Range> theirs = Find(other);
                return theirs.Count == 0 ? json : Take(json, at, other, theirs[random.Next(theirs.Count)]);
            case 6:
                return Remove(json, at);
            case 7:
                return Repeat(json, at, 1 << random.Next(1, 8));
            case 8 when at.MemberStart >= 0:
                return ByteMutation.Splice(json, at.MemberStart, MemberEnd(json, at), [.. Quoted(words.Text(random)), (byte)':']);
            case 9 when json[at.Start] == '{':
                return ByteMutation.Splice(json, at.Start + 1, at.Start + 1, [.. Quoted(words.Text(random)), .. ":0"u8, .. (json[at.Start + 1] == '}' ? ""u8 : ","u8)]);
            case 10:
                return Nest(json, at, 1 << random.Next(7));
            default:
                return Replace(json, at, ByteMutation.Havoc(json[at.Start..at.End], other, words, random));
        }
    }

    private static byte[] Take(byte[] json, Range at, byte[] other, Range from) =>
        Replace(json, at, other.AsSpan(from.Start, from.End - from.Start));

    private static byte[] Replace(byte[] json, Range at, ReadOnlySpan<byte> with) => ByteMutation.Splice(json, at.Start, at.End, with);

    private static byte[] Quoted(byte[] word) =>
        [(byte)'"', .. word.Where(b => b is not ((byte)'"' or (byte)'\\')), (byte)'"'];

    private static int MemberEnd(byte[] json, Range at)
    {
        int colon = json.AsSpan(at.MemberStart, at.Start - at.MemberStart).LastIndexOf((byte)':');
        return colon < 0 ? at.Start : at.MemberStart + colon + 1;
    }

    private static byte[] Remove(byte[] json, Range at)
    {
        int start = at.MemberStart >= 0 ? at.MemberStart : at.Start;
        int end = at.End;
        while (end < json.Length && json[end] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            end++;
        }

        if (end < json.Length && json[end] == ',')
        {
            end++;
        }
        else
        {
            int before = json.AsSpan(0, start).LastIndexOf((byte)',');
            start = before > 0 && json.AsSpan(before + 1, start - before - 1).IndexOfAnyExcept(" \n\r\t"u8) < 0 ? before : start;
        }

        return ByteMutation.Splice(json, start, end, []);
    }

    private static byte[] Repeat(byte[] json, Range at, int times)
    {
        int start = at.MemberStart >= 0 ? at.MemberStart : at.Start;
        times = Math.Min(times, 1 + (2 * 1024 / Math.Max(1, at.End - start)));
        List<byte> repeated = [];
        for (int i = 0; i < times; i++)
        {
            repeated.AddRange(json.AsSpan(start, at.End - start));
            repeated.Add((byte)',');
        }

        return ByteMutation.Splice(json, start, start, [.. repeated]);
    }

    private static byte[] Nest(byte[] json, Range at, int depth)
    {
        byte[] open = new byte[depth];
        byte[] close = new byte[depth];
        Array.Fill(open, (byte)'[');
        Array.Fill(close, (byte)']');
        return Replace(json, at, [.. open, .. json.AsSpan(at.Start, at.End - at.Start), .. close]);
    }

    /// <summary>Where every value stands, as far as the text can be read.</summary>
    private static List<Range> Find(byte[] json)
    {
        List<Range> ranges = [];
        Stack<(int Start, int Member)> open = new();
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 512 });
        int member = -1;
        try
        {
            while (ranges.Count < 4096 && reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        member = (int)reader.TokenStartIndex;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(((int)reader.TokenStartIndex, member));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        (int start, int name) = open.Pop();
                        ranges.Add(new Range(start, (int)reader.BytesConsumed, name));
                        break;
                    default:
                        ranges.Add(new Range((int)reader.TokenStartIndex, (int)reader.BytesConsumed, member));
                        break;
                }

                member = -1;
            }
        }
        catch (JsonException)
        {
            // What was found before the mistake is as good as any.
        }

        return ranges;
    }
}
