using System.Text;

namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>A table of words for an input that takes text: commas between fields, quotes around those that hold commas, quotes
/// or line feeds (RFC 4180). No line is a header: words look like names.</summary>
internal static class CsvText
{
    /// <summary>Reads a whole file into a text tensor of shape [rows, columns], its shape not stated.</summary>
    /// <exception cref="TensorFileException">It is not text, a quote is not closed, or a row has another length.</exception>
    public static Tensor Parse(ReadOnlySpan<byte> content)
    {
        string text = CsvFile.Decode(content);
        List<string> words = [];
        int rows = 0;
        int columns = 0;
        int line = 1;
        for (int at = 0; at < text.Length;)
        {
            if (text[at] is '\n' or '\r')
            {
                line += text[at++] == '\n' ? 1 : 0;
                continue;
            }

            int fields = ReadRow(text, ref at, ref line, words);
            if (rows > 0 && fields != columns)
            {
                throw new TensorFileException($"line {line}: has {fields} fields, the lines before it have {columns}");
            }

            columns = fields;
            rows++;
        }

        return rows > 0
            ? new Tensor("", TensorElement.Text, [rows, columns]) { Strings = words, ShapeIsStated = false }
            : throw new TensorFileException("line 1: there are no words in this file");
    }

    // Ends before the line feed.
    private static int ReadRow(string text, ref int at, ref int line, List<string> words)
    {
        int fields = 1;
        words.Add(ReadField(text, ref at, ref line));
        while (at < text.Length && text[at] == ',')
        {
            at++;
            fields++;
            words.Add(ReadField(text, ref at, ref line));
        }

        return fields;
    }

    private static string ReadField(string text, ref int at, ref int line)
    {
        if (at == text.Length || text[at] != '"')
        {
            int end = text.AsSpan(at).IndexOfAny(",\r\n");
            string plain = end < 0 ? text[at..] : text[at..(at + end)];
            at += plain.Length;
            return plain;
        }

        int opened = line;
        StringBuilder word = new();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                line += text[at] == '\n' ? 1 : 0;
                word.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                word.Append('"');
                at++;
            }
            else
            {
                at++;
                return at == text.Length || text[at] is ',' or '\r' or '\n'
                    ? word.ToString()
                    : throw new TensorFileException($"line {line}: a quoted field goes on after its closing quote");
            }
        }

        throw new TensorFileException($"line {opened}: a quote is opened and not closed");
    }
}
