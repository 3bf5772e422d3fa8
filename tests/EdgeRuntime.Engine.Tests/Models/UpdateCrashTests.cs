using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>The power fails in every operation of the disk, in turn, with every aftermath: no cut may cost the device its model.</summary>
public sealed class UpdateCrashTests
{
    private static readonly byte[] One = TestPackages.Make(counter: 1, gain: 1);
    private static readonly byte[] Two = TestPackages.Make(counter: 2, gain: 2);
    private static readonly byte[] Three = TestPackages.Make(counter: 3, gain: 3);

    public static TheoryData<Aftermath, bool> Stories
    {
        get
        {
            TheoryData<Aftermath, bool> stories = [];
            foreach (Aftermath aftermath in Enum.GetValues<Aftermath>())
            {
                stories.Add(aftermath, true);
                stories.Add(aftermath, false);
            }

            return stories;
        }
    }

    public static TheoryData<Aftermath> Aftermaths => [.. Enum.GetValues<Aftermath>()];

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_cut_anywhere_in_an_update_leaves_the_old_model_or_the_new_one_and_the_next_order_works(
        Aftermath aftermath, bool isGood)
    {
        int cuts = 0;
        for (long cut = 1; ; cut++)
        {
            string story = $"{aftermath}, cut {cut}";
            SimulatedDisk disk = Installed();
            Witness before = Update(disk, cut, isGood, revert: false);
            disk.Reboot(aftermath, new Random((int)cut));

            using SimulatedDevice after = new SimulatedDevice(disk, One).Start(connected: false);

            Check(before, after, story);
            after.Agent.OnLink(true);
            after.Obey(after.OrderFor(Three, generation: 9));
            Assert.True(after.Version == "3.0.0", $"{story}: {after.Version}, {string.Join(" | ", after.Story)}");
            if (before.Finished)
            {
                break;
            }

            cuts++;
        }

        Assert.True(cuts > 60, $"only {cuts} cuts were made");
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_second_cut_during_the_recovery_from_the_first_changes_nothing_of_that(Aftermath aftermath)
    {
        int cuts = 0;
        for (long cut = 1; ; cut++)
        {
            bool finished = false;
            for (long second = 1; ; second++)
            {
                SimulatedDisk disk = Installed();
                Witness before = Update(disk, cut, isGood: true, revert: false);
                finished = before.Finished;
                disk.Reboot(aftermath, new Random((int)cut));
                disk.FailAt = disk.Operations + second;
                Witness between = Watch(new SimulatedDevice(disk, One), device => device.Start(connected: false));
                disk.Reboot(aftermath, new Random((int)second));

                using SimulatedDevice after = new SimulatedDevice(disk, One).Start(connected: false);

                Check(before with { Answered = [.. before.Answered, .. between.Answered] }, after, $"{aftermath}, cuts {cut} and {second}");
                cuts++;
                if (between.Finished)
                {
                    break;
                }
            }

            if (finished)
            {
                break;
            }
        }

        Assert.True(cuts > 100, $"only {cuts} pairs of cuts were made");
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_cut_anywhere_in_the_first_start_leaves_a_device_that_starts(Aftermath aftermath)
    {
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = new() { FailAt = cut };
            Witness before = Watch(new SimulatedDevice(disk, One), device => device.Start(connected: false));
            disk.Reboot(aftermath, new Random((int)cut));

            using SimulatedDevice after = new SimulatedDevice(disk, One).Start(connected: false);

            Assert.Equal("1.0.0", after.Version);
            if (before.Finished)
            {
                break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_cut_anywhere_in_a_local_undo_leaves_one_of_the_two_models(Aftermath aftermath)
    {
        int cuts = 0;
        for (long cut = 1; ; cut++, cuts++)
        {
            SimulatedDisk disk = Installed();
            Update(disk, cut: 0, isGood: true, revert: false);
            Witness before = Watch(new SimulatedDevice(disk, One).Start(), device =>
            {
                disk.FailAt = disk.Operations + cut;
                device.Agent.Undo("plant", out _);
                device.Run();
            });
            disk.Reboot(aftermath, new Random((int)cut));

            using SimulatedDevice after = new SimulatedDevice(disk, One).Start(connected: false);

            Assert.True(after.Version == "1.0.0" || (after.Version == "2.0.0" && !before.Finished), $"cut {cut}: {after.Version}");
            if (before.Finished)
            {
                break;
            }
        }

        Assert.True(cuts >= 8, $"only {cuts} cuts were made");
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_cut_anywhere_in_a_revert_leaves_one_of_the_two_models(Aftermath aftermath)
    {
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = Installed();
            Update(disk, cut: 0, isGood: true, revert: false);
            Witness before = Update(disk, cut, isGood: true, revert: true);
            disk.Reboot(aftermath, new Random((int)cut));

            using SimulatedDevice after = new SimulatedDevice(disk, One).Start();
            after.Obey(after.OrderFor(One, generation: 2, revert: true));

            // The same order again, as the broker keeps it: taken or taken up, but never lost. A restart during the
            // switch undoes it, and then the fleet hears so.
            bool undone = after.Story.Contains("undone: the device restarted during the trial");
            Assert.True(after.Version == "1.0.0" || (after.Version == "2.0.0" && undone), $"{aftermath}, cut {cut}: {after.Version}");
            if (before.Finished)
            {
                break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_download_cut_anywhere_fetches_each_synced_byte_once(Aftermath aftermath)
    {
        for (long cut = 1; ; cut += 3)
        {
            SimulatedDisk disk = Installed();
            Witness before = Update(disk, cut, isGood: true, revert: false);
            disk.Reboot(aftermath, new Random((int)cut));
            using SimulatedDevice after = new SimulatedDevice(disk, One).Start();

            after.Obey(after.OrderFor(Two, generation: 1));

            Assert.True(after.Version == "2.0.0" || after.Story.Any(step => step.StartsWith("undone", StringComparison.Ordinal))
                || after.Story.Any(step => step.StartsWith("rejected", StringComparison.Ordinal)), $"{aftermath}, cut {cut}: {after.Version}");
            int chunks = (Two.Length + 1023) / 1024;
            Assert.InRange(after.Sent, 0, chunks);
            if (before.Finished)
            {
                break;
            }
        }
    }

    private static SimulatedDisk Installed()
    {
        SimulatedDisk disk = new();
        using SimulatedDevice device = new SimulatedDevice(disk, One).Start(connected: false);
        return disk;
    }

    /// <summary>Runs an update (or a revert) that is cut short in the given operation; 0 for not at all.</summary>
    private static Witness Update(SimulatedDisk disk, long cut, bool isGood, bool revert)
    {
        SimulatedDevice device = new(disk, One)
        {
            Judge = _ => isGood ? new SoakVerdict.Commit() : new SoakVerdict.Undo("bad"),
        };
        device.Start();
        disk.FailAt = cut == 0 ? 0 : disk.Operations + cut;
        return Watch(device, _ => device.Obey(revert
            ? device.OrderFor(One, generation: 2, revert: true)
            : device.OrderFor(Two, generation: 1)));
    }

    private static Witness Watch(SimulatedDevice device, Action<SimulatedDevice> story)
    {
        bool finished = true;
        try
        {
            story(device);
        }
        catch (PowerFailureException)
        {
            finished = false;
        }

        return new Witness(finished, [.. device.Answered], [.. device.Steps.Select(step => step.End).OfType<Outcome>()]);
    }

    private static void Check(Witness before, SimulatedDevice after, string story)
    {
        // What was told is durable. The first package to answer is one that had passed a trial; another may follow it,
        // when the update was far enough to go on by itself.
        string first = after.Answered.FirstOrDefault("none");
        bool committed = before.Ends.Any(end => end is Outcome.Committed { Version: "2.0.0" });
        Assert.True(first is "1.0.0" or "2.0.0" && after.Version is "1.0.0" or "2.0.0", $"{story}: {first} answers");
        Assert.True(!committed || first == "2.0.0", $"{story}: the commit was told and lost");
        Assert.True(first == "1.0.0" || before.Answered.Contains("2.0.0"), $"{story}: an untried package answers");
        Assert.True(after.Notices.Count == 0, $"{story}: {string.Join(" | ", after.Notices)}");
    }

    /// <summary>What a device did before its power failed.</summary>
    private sealed record Witness(bool Finished, IReadOnlyList<string> Answered, IReadOnlyList<Outcome> Ends);
}
