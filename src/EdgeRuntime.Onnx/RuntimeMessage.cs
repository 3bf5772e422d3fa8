namespace EdgeRuntime.Onnx;

/// <summary>
/// Turns what ONNX Runtime says of an error into one sentence for people: without source files, line numbers, C++
/// signatures and stack traces.
/// </summary>
internal static class RuntimeMessage
{
    private const string Violated = " was false. ";
    private static readonly string[] SourceEndings = [".cc:", ".h:", ".cpp:", ".hpp:", ".inl:"];

    /// <param name="message">As the library returned it; may span lines.</param>
    /// <param name="version">The library's version, for what it cannot do.</param>
    public static string ToSentence(string message, string version)
    {
        // A stack trace, where there is one, comes last and on lines of its own.
        int trace = message.IndexOf("Stacktrace:", StringComparison.Ordinal);
        string text = trace < 0 ? message : message[..trace];
        while (TryRemoveLocation(ref text))
        {
        }

        int violated = text.IndexOf(Violated, StringComparison.Ordinal);
        if (violated >= 0 && violated + Violated.Length < text.Length)
        {
            text = text[(violated + Violated.Length)..];
        }

        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');
        if (text.Contains("is not a registered function/op", StringComparison.Ordinal))
        {
            return $"the model uses an operator that ONNX Runtime {version} does not have ({Operator(text)}); custom operators are not supported";
        }

        return text.Length == 0 ? "ONNX Runtime failed and gave no reason" : text;
    }

    // "/path/file.cc:123 type name::space::Function(arguments) [with T = x] the message" loses everything before the message.
    private static bool TryRemoveLocation(ref string text)
    {
        int mark = -1;
        foreach (string ending in SourceEndings)
        {
            int at = text.IndexOf(ending, StringComparison.Ordinal);
            mark = at >= 0 && (mark < 0 || at < mark) ? at : mark;
        }

        if (mark < 0)
        {
            return false;
        }

        int start = text.LastIndexOfAny([' ', '\n', '\t', '('], mark) + 1;
        int end = text.IndexOf(':', mark) + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        text = text[..start] + text[EndOfSignature(text, end)..];
        return true;
    }

    private static int EndOfSignature(string text, int start)
    {
        int open = text.IndexOf('(', start);
        int line = text.IndexOf('\n', start);
        int message = text.IndexOf(". ", start, StringComparison.Ordinal);
        bool hasSignature = open >= 0 && (line < 0 || open < line) && (message < 0 || open < message);
        if (!hasSignature)
        {
            return start;
        }

        int depth = 0;
        int at = open;
        do
        {
            depth += text[at] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            at++;
        }
        while (depth > 0 && at < text.Length);

        foreach (string suffix in (string[])[" const", " noexcept"])
        {
            at += string.CompareOrdinal(text, at, suffix, 0, suffix.Length) == 0 ? suffix.Length : 0;
        }

        if (string.CompareOrdinal(text, at, " [with ", 0, " [with ".Length) == 0)
        {
            int close = text.IndexOf(']', at);
            at = close < 0 ? at : close + 1;
        }

        return at;
    }

    private static string Operator(string text)
    {
        int end = text.IndexOf(" is not a registered", StringComparison.Ordinal);
        int start = text.LastIndexOf(' ', end - 1) + 1;
        return text[start..end];
    }
}
