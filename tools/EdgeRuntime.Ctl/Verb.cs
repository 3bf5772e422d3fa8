namespace EdgeRuntime.Ctl;

/// <summary>One verb of the program.</summary>
/// <param name="Name">One word, or two such as <c>device list</c>.</param>
/// <param name="Summary">Half a line for the list of verbs.</param>
/// <param name="Usage">What <c>--help</c> prints, an example apart.</param>
/// <param name="Example">Lines that can be typed as they are.</param>
/// <param name="Run">Runs it on the words after its name; returns the exit code.</param>
internal sealed record Verb(
    string Name,
    string Summary,
    string Usage,
    string Example,
    Func<IReadOnlyList<string>, Surroundings, CancellationToken, Task<int>> Run);
