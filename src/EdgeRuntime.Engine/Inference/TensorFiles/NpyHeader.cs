using System.Globalization;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// The header of a .npy file, which is a Python literal:
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (1, 490), }</c>.
/// </summary>
internal sealed record NpyHeader(NpyType Type, bool FortranOrder, IReadOnlyList<long> Shape)
{
    private const int MostDimensions = 32;

    /// <param name="text">The header without its length.</param>
    /// <param name="offset">Where it begins in the file, for error messages.</param>
    /// <exception cref="TensorFileException">It is not the literal that the format demands.</exception>
    public static NpyHeader Parse(string text, int offset)
    {
        Cursor cursor = new(text, offset);
        NpyType? type = null;
        bool? fortran = null;
        long[]? shape = null;
        cursor.Expect('{');
        while (!cursor.TryTake('}'))
        {
            string key = cursor.Quoted();
            cursor.Expect(':');
            switch (key)
            {
                case "descr":
                    int at = cursor.Offset;
                    type = NpyType.Parse(cursor.Quoted(), at);
                    break;
                case "fortran_order":
                    fortran = cursor.Truth();
                    break;
                case "shape":
                    shape = cursor.Tuple();
                    break;
                default:
                    throw cursor.Mistake($"the header has an unknown entry '{key}'");
            }

            if (!cursor.TryTake(','))
            {
                cursor.Expect('}');
                break;
            }
        }

        cursor.ExpectEnd();
        return new NpyHeader(
            type ?? throw cursor.Mistake("the header has no 'descr'"),
            fortran ?? throw cursor.Mistake("the header has no 'fortran_order'"),
            shape ?? throw cursor.Mistake("the header has no 'shape'"));
    }

    private sealed class Cursor(string text, int offset)
    {
        private int _at;

        /// <summary>Where the next word begins in the file.</summary>
        public int Offset
        {
            get
            {
                SkipSpace();
                return offset + _at;
            }
        }

        public TensorFileException Mistake(string what) => new($"offset {Offset}: {what}");

        public bool TryTake(char wanted)
        {
            SkipSpace();
            bool there = _at < text.Length && text[_at] == wanted;
            _at += there ? 1 : 0;
            return there;
        }

        public void Expect(char wanted)
        {
            if (!TryTake(wanted))
            {
                throw Mistake($"the header should have '{wanted}' here");
            }
        }

        public void ExpectEnd()
        {
            SkipSpace();
            if (_at < text.Length)
            {
                throw Mistake("the header goes on after its closing brace");
            }
        }

        public string Quoted()
        {
            SkipSpace();
            int end = _at < text.Length && text[_at] is '\'' or '"' ? text.IndexOf(text[_at], _at + 1) : -1;
            if (end < 0)
            {
                throw Mistake("the header should have a quoted word here (arrays of records are not tensors)");
            }

            string word = text[(_at + 1)..end];
            _at = end + 1;
            return word;
        }

        public bool Truth()
        {
            SkipSpace();
            foreach ((string word, bool value) in new[] { ("True", true), ("False", false) })
            {
                if (string.CompareOrdinal(text, _at, word, 0, word.Length) == 0)
                {
                    _at += word.Length;
                    return value;
                }
            }

            throw Mistake("the header should have True or False here");
        }

        public long[] Tuple()
        {
            List<long> sizes = [];
            Expect('(');
            while (!TryTake(')'))
            {
                if (sizes.Count == MostDimensions)
                {
                    throw Mistake($"the shape has more than {MostDimensions} dimensions");
                }

                sizes.Add(Size());
                if (!TryTake(','))
                {
                    Expect(')');
                    break;
                }
            }

            return [.. sizes];
        }

        private long Size()
        {
            SkipSpace();
            int start = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            ReadOnlySpan<char> digits = text.AsSpan(start, _at - start);
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            {
                throw Mistake("the shape should have a size of 0 or more here");
            }

            // Python 2 wrote long integers with this suffix, and such files are still around.
            _at += _at < text.Length && text[_at] == 'L' ? 1 : 0;
            return size;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] is ' ' or '\n' or '\r' or '\t')
            {
                _at++;
            }
        }
    }
}
