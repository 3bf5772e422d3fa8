using System.Text.RegularExpressions;

namespace EdgeRuntime.Onnx;

/// <summary>
/// Turns what ONNX Runtime says of an error into one sentence for people: without source files, line numbers, C++
/// signatures and stack traces.
/// </summary>
internal static partial class RuntimeMessage
{
    private const string Violated = " was false. ";

    /// <param name="message">As the library returned it; may span lines.</param>
    /// <param name="version">The library's version, for what it cannot do.</param>
    public static string ToSentence(string message, string version)
    {
        // A stack trace, where there is one, comes last and on lines of its own.
        int trace = message.IndexOf("Stacktrace:", StringComparison.Ordinal);
        string text = trace < 0 ? message : message[..trace];
        text = RemoveLocations(text);
        int violated = text.IndexOf(Violated, StringComparison.Ordinal);
        if (violated >= 0 && violated + Violated.Length < text.Length)
        {
            // What stands before is the failed condition in C++; whatever led to it is kept.
            text = BeforeCondition(text[..violated]) + text[(violated + Violated.Length)..];
        }

        text = FailedNode().Replace(text, "operator $1 failed: ");
        text = text.Replace("Exception during initialization: ", "", StringComparison.Ordinal);
        text = text.Replace("Exception during loading: ", "", StringComparison.Ordinal);
        text = Spaces().Replace(text, " ").Trim().TrimEnd('.', ' ');
        if (UnknownOperator().Match(text) is { Success: true } unknown)
        {
            return $"the model uses an operator that ONNX Runtime {version} does not have ({unknown.Groups[1].Value}); "
                + "custom operators are not supported";
        }

        if (UnknownStandardOperator().Match(text) is { Success: true } standard)
        {
            return $"the model uses an operator that ONNX Runtime {version} does not have ({standard.Groups[1].Value} of operator "
                + $"set {standard.Groups[2].Value}); update the library, or export the model with an older operator set";
        }

        if (MissingKernel().Match(text) is { Success: true } kernel)
        {
            return $"ONNX Runtime {version} has no {kernel.Groups[1].Value} for the element types with which the model uses it: {text}";
        }

        if (MissingLocale().Match(text) is { Success: true } locale)
        {
            return $"the model handles text by the rules of {locale.Groups[1].Value}, which this system does not have; install them "
                + "(Debian: apt-get install locales-all)";
        }

        if (UnknownType().Match(text) is { Success: true } type)
        {
            return $"the model has {type.Groups[1].Value} tensors, which ONNX Runtime {version} cannot hold; split them into real "
                + "and imaginary parts";
        }

        if (NewerFormat().Match(text) is { Success: true } format)
        {
            return $"the model is written in version {format.Groups[1].Value} of the ONNX format and ONNX Runtime {version} "
                + $"reads up to {format.Groups[2].Value}; update the library, or export the model with an older one";
        }

        if (NewerOperators().Match(text) is { Success: true } operators)
        {
            string domain = operators.Groups[2].Value;
            return $"the model uses operator set {operators.Groups[1].Value} of domain {domain} and ONNX Runtime {version} "
                + $"has up to {operators.Groups[3].Value}; update the library, or export the model with an older one";
        }

        return text.Length == 0 ? "ONNX Runtime failed and gave no reason" : text;
    }

    private static string RemoveLocations(string text)
    {
        for (Match found = Location().Match(text); found.Success; found = Location().Match(text))
        {
            int end = found.Index + found.Length;
            bool hasSignature = found.ValueSpan.Contains('/');
            end = hasSignature ? EndOfSignature(text, end) : EndOfWord(text, end);
            text = text[..found.Index] + text[end..];
        }

        return text;
    }

    // "type name::space::Function(arguments)", then perhaps "const", "[with T = x]" or a lambda inside the function.
    private static int EndOfSignature(string text, int start)
    {
        int open = text.IndexOf('(', start);
        int line = text.IndexOf('\n', start);
        if (open < 0 || (line >= 0 && line < open))
        {
            return start;
        }

        int depth = 0;
        int at = open;
        do
        {
            depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
            at++;
        }
        while (depth > 0 && at < text.Length);

        Match after = AfterArguments().Match(text, at);
        return after.Success ? at + after.Length : at;
    }

    private static int EndOfWord(string text, int start)
    {
        while (start < text.Length && (char.IsAsciiLetterOrDigit(text[start]) || text[start] is '_' or '~'))
        {
            start++;
        }

        return start;
    }

    private static string BeforeCondition(string text)
    {
        int colon = text.LastIndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? "" : text[..(colon + 2)];
    }

    [GeneratedRegex(@"[^\s(]*\.(?:cc|h|cpp|hpp|inl):\d+ ")]
    private static partial Regex Location();

    [GeneratedRegex(@"\G(?: const| noexcept| \[with [^\]]*\]|::<lambda\([^)]*\)>)+")]
    private static partial Regex AfterArguments();

    [GeneratedRegex(@"Non-zero status code returned while running (\S+) node\. Name:'[^']*' Status Message: ")]
    private static partial Regex FailedNode();

    [GeneratedRegex(@"(\S+) is not a registered function/op")]
    private static partial Regex UnknownOperator();

    [GeneratedRegex(@"No Op registered for (\S+) with domain_version of (\d+)")]
    private static partial Regex UnknownStandardOperator();

    [GeneratedRegex(@"Could not find an implementation for ([^\s(]+)\(\d+\) node")]
    private static partial Regex MissingKernel();

    [GeneratedRegex(@"Failed to construct locale with name:([\w.@-]+)")]
    private static partial Regex MissingLocale();

    [GeneratedRegex(@"MLDataType for: tensor\((complex\d+)\) is not currently registered")]
    private static partial Regex UnknownType();

    [GeneratedRegex(@"Unsupported model IR version: (\d+), max supported IR version: (\d+)")]
    private static partial Regex NewerFormat();

    [GeneratedRegex(@"Opset (\d+) is under development.*domain (\S+) is till opset (\d+)")]
    private static partial Regex NewerOperators();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
