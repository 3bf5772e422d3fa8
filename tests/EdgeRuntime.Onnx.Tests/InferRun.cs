using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Onnx.Tests;

/// <summary>One run of the verb in this process: what it printed and how it ended.</summary>
internal sealed record InferRun(int Code, string Output, string Errors)
{
    /// <summary>The printed object.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static InferRun Of(params string[] words)
    {
        using MemoryStream output = new();
        using StringWriter errors = new();
        string[] all = words.Contains("--library") || Surroundings.Library is null
            ? words
            : ["--library", Surroundings.Library, .. words];
        int code = InferCommand.Run(all, output, errors, TimeProvider.System);
        Assert.True(output.CanWrite, "the output is the caller's to close");
        return new InferRun(code, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }

    /// <summary>Values of one output; what is no number stands as NaN.</summary>
    public double[] Values(int output = 0) =>
    [
        .. Json.GetProperty("outputs")[output].GetProperty("values").EnumerateArray().Select(NumberOf),
    ];

    private static double NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => value.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.NaN,
        },
    };

    /// <summary>Asserts an end with this code, nothing printed and one sentence said; returns the sentence.</summary>
    public string Refused(int code)
    {
        Assert.Equal((code, ""), (Code, Output));
        string sentence = Errors.TrimEnd('\n');
        Assert.StartsWith("infer: ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
        return sentence["infer: ".Length..];
    }
}
