namespace EdgeRuntime.Bench;

/// <summary>The subjects of a suite, each with what adds its rows; one of them or all are measured.</summary>
internal sealed class Subjects(IReadOnlyList<(string Name, Action Add)> all)
{
    /// <summary>Adds the rows of one subject, or of all in their order.</summary>
    /// <param name="only">Name of the one that is wanted; null for all.</param>
    /// <exception cref="BenchException">There is no such subject; the message lists those there are.</exception>
    public void Measure(string? only)
    {
        if (only is not null && all.All(subject => subject.Name != only))
        {
            throw new BenchException($"--only {only}: there is no such subject; there are {string.Join(", ", all.Select(subject => subject.Name))}");
        }

        foreach ((string name, Action add) in all)
        {
            if (only is null || only == name)
            {
                // Some take half an hour, and say nothing before they end. Not into the table.
                Console.Error.WriteLine($"    measuring {name}");
                add();
            }
        }
    }
}
