namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Kills a device in every operation of a story, with every aftermath, and again in every operation of every recovery.
/// </summary>
internal sealed class CrashPoints(TortureOptions options, TortureReport report)
{
    /// <summary>A cut in a story.</summary>
    public const string Kind = "cuts in updates";

    /// <summary>A cut in the recovery from a cut.</summary>
    public const string AgainKind = "cuts in recoveries";

    private static readonly Aftermath[] Aftermaths = Enum.GetValues<Aftermath>();

    public void Run(Story story)
    {
        IReadOnlyList<Cut> cuts = Cut.AllOf(story, story.Before(), Witness.OfNothing, story.Tell);
        foreach (Cut first in cuts.Where(cut => options.Wants(first: cut.Number)))
        {
            foreach (Aftermath aftermath in Aftermaths)
            {
                Try(story, first, aftermath);
            }
        }
    }

    private void Try(Story story, Cut first, Aftermath aftermath)
    {
        string point = $"--only crashes --story {story.Name} --point {first.Number}";
        string what = $"{aftermath} after a cut in {first.Operation}";
        if (options.Second is null)
        {
            report.Try(Kind, point, what, () =>
                Invariants.Check(story, first.Seen, first.Rebooted(aftermath, Seed(first.Number, 0)), ended: first.IsEnd));
        }

        if (!options.Nested)
        {
            return;
        }

        IReadOnlyList<Cut> seconds = [];
        report.Quietly(point, what, () =>
            seconds = Cut.AllOf(story, first.Rebooted(aftermath, Seed(first.Number, 0)), first.Seen, story.Recover));
        foreach (Cut second in seconds.Where(cut => options.Second is null || options.Second == cut.Number))
        {
            // One aftermath for each, another one at every next point: five times as many would show little more.
            Aftermath next = Aftermaths[(first.Number + second.Number + (int)aftermath) % Aftermaths.Length];
            report.Try(AgainKind, $"{point},{second.Number}", $"{what}, then {next} after one in {second.Operation}", () =>
                Invariants.Check(story, second.Seen, second.Rebooted(next, Seed(first.Number, second.Number))));
        }
    }

    private int Seed(int first, int second) => HashCode(options.Seed, first, second);

    // Not the framework's, which is another one in every process.
    private static int HashCode(int seed, int first, int second) => unchecked((((seed * 31) + first) * 1009) + second) & int.MaxValue;
}
