namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Lets the disk of a story say ENOSPC or EIO at every call, once or from there on: a model answers all the while, and when
/// the disk is well again the device is.
/// </summary>
internal sealed class DiskFaults(TortureOptions options, TortureReport report)
{
    public void Run(Story story)
    {
        SimulatedDisk whole = story.Before();
        using (SimulatedDevice device = story.Device(whole))
        {
            story.Tell(device);
        }

        foreach (DiskFault fault in Enum.GetValues<DiskFault>())
        {
            foreach (bool lasts in (bool[])[false, true])
            {
                for (int call = 1; call <= whole.Calls; call++)
                {
                    if (options.Wants(call))
                    {
                        string what = $"{fault}{(lasts ? " that lasts" : "")} in call {call}";
                        int at = call;
                        report.Try("disk faults", $"--only faults --story {story.Name} --point {call}", what, () => Fail(story, fault, lasts, at));
                    }
                }
            }
        }
    }

    private static void Fail(Story story, DiskFault fault, bool lasts, int call)
    {
        SimulatedDisk disk = story.Before();
        disk.Fault = fault;
        disk.FaultAt = call;
        disk.FaultLasts = lasts;
        Witness seen;
        using (SimulatedDevice device = story.Device(disk))
        {
            story.Tell(device);
            Require(story, device, "while the disk failed");

            // The disk is well again, and what it did not take is written within seconds.
            disk.FaultAt = 0;
            device.Time.Advance(10);
            device.Run();
            Require(story, device, "when the disk was well again");
            seen = Witness.OfNothing.And(device);
        }

        Invariants.Check(story, seen, disk, spoilt: true);
    }

    private static void Require(Story story, SimulatedDevice device, string when)
    {
        int[] may = [.. story.MayAnswer, .. story.Committed, story.Configured];
        InvariantException.Require(
            may.Any(package => (device.Version ?? "0.0.0") == $"{package}.0.0"),
            $"invariant 1: {device.Version ?? "nothing"} answers {when}; {string.Join(" | ", device.Notices)}");
        Invariants.NothingUnsigned(device);
    }
}
