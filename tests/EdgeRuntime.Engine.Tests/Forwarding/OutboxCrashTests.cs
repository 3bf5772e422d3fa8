using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

/// <summary>The power fails in every operation of the disk, in turn, with every aftermath: nothing that was safe is lost, and nothing counts twice.</summary>
public sealed class OutboxCrashTests
{
    private static readonly DurableOutboxOptions Options = new() { MaxBytes = DurableOutboxOptions.LeastBytes, DrainPerSecond = 100_000 };

    public static TheoryData<Aftermath> Aftermaths => [.. Enum.GetValues<Aftermath>()];

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_cut_anywhere_loses_no_result_that_was_safe_and_doubles_no_window(Aftermath aftermath)
    {
        int cuts = 0;
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = new() { FailAt = cut };
            ManualTime time = new();
            SteppingManager manager = new();
            HashSet<string> safe = [];
            bool finished = Live(disk, time, manager, safe);
            disk.Reboot(aftermath, new Random((int)cut));

            After(disk, time, manager, safe, $"{aftermath}, cut {cut}");
            if (finished)
            {
                break;
            }

            cuts++;
        }

        Assert.True(cuts > 100, $"only {cuts} cuts were made");
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_cut_anywhere_in_what_follows_a_cut_is_no_worse(Aftermath aftermath)
    {
        int cuts = 0;
        for (long first = 20; first < 200; first += 31)
        {
            for (long second = 1; second < 60; second += 3)
            {
                SimulatedDisk disk = new() { FailAt = first };
                ManualTime time = new();
                SteppingManager manager = new();
                HashSet<string> safe = [];
                Live(disk, time, manager, safe);
                disk.Reboot(aftermath, new Random((int)first));
                disk.FailAt = disk.Operations + second;
                Recover(disk, time, manager, safe, 2);
                disk.Reboot(aftermath, new Random((int)second));

                After(disk, time, manager, safe, $"{aftermath}, cuts {first} and {second}");
                cuts++;
            }
        }

        Assert.True(cuts > 100);
    }

    /// <returns>False when the power failed in it.</returns>
    private static bool Live(SimulatedDisk disk, ManualTime time, SteppingManager manager, HashSet<string> safe)
    {
        Dictionary<long, string> awaited = [];
        OutboxRig rig = new(disk, time, manager, 1, Options);
        try
        {
            // Offline, and more than fits.
            for (int i = 0; i < 110; i++)
            {
                Make(rig, awaited, i);
                Step(rig, awaited, safe);
            }

            // A part of it is sent, a part of that acknowledged.
            rig.Outbox.OnConnected();
            rig.Send(most: 25);
            rig.Send(most: 10, acknowledge: false);
            rig.Outbox.OnDisconnected();

            // And offline again, to a clean end.
            for (int i = 110; i < 140; i++)
            {
                Make(rig, awaited, i);
                Step(rig, awaited, safe);
            }

            rig.Keeper.Stop();
            Note(rig, awaited, safe);
            return true;
        }
        catch (PowerFailureException)
        {
            Note(rig, awaited, safe);
            return false;
        }
    }

    private static void Recover(SimulatedDisk disk, ManualTime time, SteppingManager manager, HashSet<string> safe, ulong boot)
    {
        Dictionary<long, string> awaited = [];
        OutboxRig rig = new(disk, time, manager, boot, Options);
        try
        {
            for (int i = 200; i < 240; i++)
            {
                Make(rig, awaited, i);
                Step(rig, awaited, safe);
            }

            rig.Outbox.OnConnected();
            rig.Send(most: 60);
        }
        catch (PowerFailureException)
        {
        }

        Note(rig, awaited, safe);
    }

    private static void After(SimulatedDisk disk, ManualTime time, SteppingManager manager, HashSet<string> safe, string story)
    {
        OutboxRig rig = new(disk, time, manager, 9, Options);
        rig.Outbox.OnConnected();
        rig.Result("the last");
        rig.Send();
        rig.Send();

        Assert.True(safe.IsSubsetOf(manager.Events), $"{story}: lost {string.Join(", ", safe.Except(manager.Events))}");
        Assert.True(manager.Events.Contains("the last"), $"{story}: what was made after it did not arrive");
        Assert.True(manager.Windows.Values.All(count => count == 1), $"{story}: {string.Join(", ", manager.Windows.Where(pair => pair.Value > 1))} twice");
        Assert.True(manager.Predictions.Values.All(count => count == 1), $"{story}: a prediction came twice");
        OutboxReport report = rig.Outbox.Report();
        foreach ((string name, OutboxTally tally) in report.Classes)
        {
            long accounted = tally.Sent + tally.Merged + tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage + tally.Waiting;
            Assert.True(tally.Produced == accounted && tally.Waiting == 0, $"{story}, {name}: {tally}");
        }

        rig.Keeper.Stop();
        Assert.True(report.Storage == "disk", $"{story}: the disk was given up");
    }

    private static void Make(OutboxRig rig, Dictionary<long, string> awaited, int i)
    {
        switch (i % 10)
        {
            case 0:
                awaited[rig.Result($"r{i}")] = $"r{i}";
                break;
            case < 7:
                rig.Window($"w{i}", bytes: 5000);
                break;
            default:
                rig.Sample(i);
                break;
        }
    }

    private static void Step(OutboxRig rig, Dictionary<long, string> awaited, HashSet<string> safe)
    {
        rig.Time.Advance(6);
        rig.Keeper.Step();
        Note(rig, awaited, safe);
    }

    private static void Note(OutboxRig rig, Dictionary<long, string> awaited, HashSet<string> safe)
    {
        foreach (long number in rig.Outbox.TakeSafe())
        {
            safe.Add(awaited[number]);
        }
    }
}
