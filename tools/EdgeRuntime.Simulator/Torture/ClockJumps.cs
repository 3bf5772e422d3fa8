
namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Sets the clock to 1970, to 2100 and back at every operation of a story: expired metadata may stop what is new, never what
/// serves, and a clock that is right again ends it.
/// </summary>
internal sealed class ClockJumps(TortureOptions options, TortureReport report)
{
    private static readonly DateTimeOffset[] Times =
        [DateTimeOffset.UnixEpoch, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2038, 1, 19, 3, 14, 8, TimeSpan.Zero)];

    public void Run(Story story)
    {
        IReadOnlyList<Cut> cuts = Cut.AllOf(story, story.Before(), Witness.OfNothing, story.Tell);
        foreach (Cut cut in cuts.Where(cut => options.Wants(cut.Number)))
        {
            foreach (DateTimeOffset time in Times)
            {
                report.Try("clock jumps", $"--only clocks --story {story.Name}", $"{time:yyyy} in {cut.Operation}", () => Jump(story, cut.Number, time));
            }
        }
    }

    private static void Jump(Story story, int operation, DateTimeOffset to)
    {
        SimulatedDisk disk = story.Before();
        int done = 0;
        Witness seen;
        using (SimulatedDevice device = story.Device(disk))
        {
            DateTimeOffset right = device.Time.GetUtcNow();
            disk.Changed += (_, _) => device.Time.SetWall(++done == operation ? to : done == operation + 20 ? right : device.Time.GetUtcNow());
            story.Tell(device);
            InvariantException.Require(
                device.Version == $"{story.Ends}.0.0", $"{device.Version} answers at the end, not {story.Ends}.0.0; {string.Join(" | ", device.Story)}");
            seen = Witness.OfNothing.And(device);
        }

        Invariants.Check(story, seen, disk);
    }
}
