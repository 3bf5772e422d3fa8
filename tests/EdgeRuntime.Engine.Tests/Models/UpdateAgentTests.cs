using System.Text;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class UpdateAgentTests
{
    private static readonly byte[] One = TestPackages.Make(counter: 1, gain: 1);
    private static readonly byte[] Two = TestPackages.Make(counter: 2, gain: 2);
    private static readonly byte[] Three = TestPackages.Make(counter: 3, gain: 3);

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void An_order_that_comes_before_the_first_package_is_installed_and_cannot_be_fetched_leaves_the_configured_one_answering()
    {
        using SimulatedDevice device = new(new SimulatedDisk(), TestPackages.Make(1));
        byte[] order = device.OrderFor(TestPackages.Make(2), 1);
        byte[] ordered = device.Shelf.Values.Single();
        device.Shelf.Clear();

        device.Agent.Start();
        device.Agent.OnLink(true);
        device.Agent.OnDesired(order);
        device.Run(20);
        Assert.Equal("1.0.0", device.Version);

        device.Shelve(ordered);
        device.Run(3000);
        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void The_configured_package_answers_after_the_first_start_and_after_every_other()
    {
        using (SimulatedDevice first = new SimulatedDevice(_disk, One).Start(connected: false))
        {
            Assert.Equal("1.0.0", first.Version);
            Assert.Equal(["verifying", "committed"], first.Story);
        }

        // Without the configuration's help now.
        using SimulatedDevice second = new SimulatedDevice(_disk).Start(connected: false);
        Assert.Equal("1.0.0", second.Version);
    }

    [Fact]
    public void A_good_update_is_fetched_checked_tried_and_trusted()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Steps.Clear();

        device.Obey(device.OrderFor(Two, generation: 7));

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal(["downloading", "verifying", "soaking", "committed"], device.Story);
        Assert.All(device.Steps, step => Assert.Equal(("d-7", 7L), (step.Deployment, step.Generation)));
        Assert.Equal((UpdateState.Committed, "2.0.0", "1.0.0"),
            (device.Reported.Phase, device.Reported.Active?.Version, device.Reported.Previous?.Version));
        Assert.Equal((7, "d-7"), device.Agent.Accepted);
        Assert.Equal(1, device.Held);
    }

    [Fact]
    public void A_package_that_fails_its_trial_is_undone_with_its_reason()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Judge = _ => new SoakVerdict.Undo("3 of 3 inferences failed");

        device.Obey(device.OrderFor(Two, generation: 1));

        Assert.Equal(["1.0.0", "2.0.0", "1.0.0"], device.Answered);
        Assert.Equal("undone: 3 of 3 inferences failed", device.Story[^1]);
        Assert.Equal(1, device.Held);
    }

    [Fact]
    public void While_a_package_is_on_trial_the_report_names_what_answers_and_what_an_undo_returns_to()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Judge = _ => null;

        device.Obey(device.OrderFor(Two, generation: 1));

        ReportedModel reported = device.Reported;
        Assert.Equal(UpdateState.Soaking, reported.Phase);
        Assert.Equal(("2.0.0", "1.0.0", "2.0.0"),
            (reported.Active?.Version, reported.Previous?.Version, reported.Candidate?.Version));
        Assert.Equal(2, device.Held);
    }

    [Fact]
    public void A_trial_that_gets_no_samples_ends_after_ten_times_its_time()
    {
        // 400 samples of 2 frames at 10 frames per second, and a first window of 4: 80.4 s.
        byte[] two = TestPackages.Make(
            counter: 2, change: manifest => manifest with { Soak = manifest.Soak with { Samples = 400 } });
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Judge = _ => null;
        device.Obey(device.OrderFor(two, generation: 1));

        device.Time.Advance(803);
        device.Run();
        Assert.Equal("2.0.0", device.Version);
        device.Time.Advance(2);
        device.Run();

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal("undone: its trial did not get its samples within 00:13:24", device.Story[^1]);
    }

    [Fact]
    public void A_restart_during_the_trial_returns_to_the_trusted_package_and_tells_it()
    {
        using (SimulatedDevice device = new SimulatedDevice(_disk, One).Start())
        {
            device.Judge = _ => null;
            device.Obey(device.OrderFor(Two, generation: 1));
        }

        using SimulatedDevice again = new SimulatedDevice(_disk, One).Start();

        Assert.Equal(["1.0.0"], again.Answered);
        Assert.Contains("undone: the device restarted during the trial", again.Story);
    }

    [Fact]
    public void The_same_order_again_changes_nothing()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] order = device.OrderFor(Two, generation: 1);
        device.Obey(order);
        int steps = device.Steps.Count;
        int sent = device.Sent;
        long operations = _disk.Operations;

        for (int i = 0; i < 100; i++)
        {
            device.Obey(order);
        }

        Assert.Equal((steps, sent, operations), (device.Steps.Count, device.Sent, _disk.Operations));
    }

    [Fact]
    public void An_older_order_changes_nothing_and_is_noticed()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] older = device.OrderFor(Two, generation: 3);
        device.Obey(device.OrderFor(One, generation: 4));

        device.Obey(older);

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal("an order was ignored: its generation 3 is not above 4, the highest accepted", device.Notices[^1]);
    }

    [Fact]
    public void Orders_that_are_not_for_this_device_or_not_signed_for_it_are_ignored_with_a_sentence()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] good = device.OrderFor(Two, 5);
        PackageReference package = PackageArchive.ReadUnverified(Two).ToReference(1024);
        Dictionary<string, PackageReference> slots = new() { ["plant"] = package };
        (byte[] Order, string Notice)[] cases =
        [
            (Encoding.UTF8.GetBytes("hello"), "it is not a signed envelope"),
            (Encoding.UTF8.GetBytes("null"), "it is not a signed envelope"),
            (good[..(good.Length / 2)], "it is not a signed envelope"),
            (Encoding.UTF8.GetBytes("""{"payloadType":"x","payload":"","signatures":[null]}"""), "it is not a signed envelope"),
            (Encoding.UTF8.GetBytes("""{"payloadType":"x","payload":"","signatures":[]}"""),
                "the envelope holds 'x' where 'application/vnd.edgeruntime.desired+json' is expected"),
            (SimulatedDevice.Order(5, slots, TestPackages.StrangeKey), "no deploy key that this device trusts signed it"),
            (SimulatedDevice.Order(5, slots, TestPackages.ReleaseKey), "no deploy key that this device trusts signed it"),
            (SimulatedDevice.Order(5, slots, device: "pi-2"), "it is for the device 'pi-2'"),
            (SimulatedDevice.Order(0, slots), "its generation is 0; the first is 1"),
            (SimulatedDevice.Order(5, new() { ["plant"] = null! }), "it names something without a package"),
            (new byte[UpdateAgent.LongestOrder + 1], "it has 1048577 bytes; 1048576 are accepted"),
        ];
        long operations = _disk.Operations;

        foreach ((byte[] order, string notice) in cases)
        {
            device.Obey(order);
            Assert.Equal($"an order was ignored: {notice}", device.Notices[^1]);
        }

        Assert.Equal(operations, _disk.Operations);
        device.Obey(good);
        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_an_order_never_moves_the_device()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] good = device.OrderFor(Two, 5);
        Random random = new(1);
        for (int i = 0; i < 400; i++)
        {
            byte[] bad = [.. good];
            int bit = random.Next(bad.Length * 8);
            bad[bit / 8] ^= (byte)(1 << (bit % 8));

            device.Agent.OnDesired(bad);

            // A flip in the key id's or a name's own letters may leave the envelope as good as it was.
            Assert.True(device.Agent.Accepted is (0, null) or (5, "d-5"), $"bit {bit}");
            Assert.True(device.Agent.Report()[0].Candidate is null || device.Agent.Accepted.Generation == 5, $"bit {bit}");
        }
    }

    [Fact]
    public void An_order_for_a_model_this_device_does_not_have_is_noticed_and_the_rest_obeyed()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference reference = PackageArchive.ReadUnverified(Two).ToReference(1024);
        device.OrderFor(Two, 1);

        device.Obey(SimulatedDevice.Order(1, new() { ["pump"] = reference, ["plant"] = reference }));

        Assert.Equal("2.0.0", device.Version);
        Assert.Contains("deployment d-1 names 'pump', for which this device takes no packages", device.Notices);
    }

    [Fact]
    public void A_second_model_keeps_what_it_has_and_accepts_the_generation()
    {
        ModelSite pump = TestPackages.Site with { Name = "pump" };
        using SimulatedDevice device = new SimulatedDevice(_disk, One, null, TestPackages.Site, pump).Start();

        device.Obey(device.OrderFor(Two, generation: 3));

        Assert.Equal(["plant", "pump"], device.Agent.Report().Select(model => model.Name));
        Assert.Equal((3, "d-3"), device.Agent.Accepted);
        Assert.Null(device.Agent.Report()[1].Candidate);
        Assert.Contains("no model answers: there is no package yet, and the configuration brings none", device.Notices);
    }

    [Fact]
    public void A_package_that_verification_refuses_never_answers()
    {
        byte[] wrong = TestPackages.Make(2, LinearModel.File(2, 2, 1, 0, 0, 3), 1, null, TestPackages.ReleaseKey);
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();

        device.Obey(device.OrderFor(wrong, generation: 1));

        Assert.Equal(["1.0.0"], device.Answered);
        Assert.Equal("rejected: golden vector 0, output 1: 6 where 2 is right, within 0.0001", device.Story[^1]);
        Assert.Empty(_disk.List("slots/plant/incoming"));
    }

    [Fact]
    public void An_unsigned_package_is_refused_though_a_signed_order_names_it()
    {
        byte[] unsigned = TestPackages.Make(2, LinearModel.File(2, 2, 1, 0, 0, 1), 1, null, key: null);
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();

        device.Obey(device.OrderFor(unsigned, generation: 1));

        Assert.Equal(["1.0.0"], device.Answered);
        Assert.StartsWith("rejected: ", device.Story[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_too_large_for_the_device_is_rejected_before_a_byte_is_fetched()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference huge = PackageArchive.ReadUnverified(Two).ToReference(1024) with { Size = 1L << 40 };

        device.Obey(SimulatedDevice.Order(1, new() { ["plant"] = huge }));

        Assert.Equal("rejected: the package has 1099511627776 bytes; this device takes 1 to 100000", device.Story[^1]);
        Assert.Equal(0, device.Sent);
    }

    [Fact]
    public void An_order_for_another_processor_is_rejected_before_a_byte_is_fetched()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference other = PackageArchive.ReadUnverified(Two).ToReference(1024) with
        {
            Requires = new RequirementSpec { Architectures = ["arm64"], MemoryMb = 1024 },
        };

        device.Obey(SimulatedDevice.Order(1, new() { ["plant"] = other }));

        Assert.Equal(
            "rejected: it is for arm64 and this device is x64; and it needs 1024 MiB of memory and this process may use 256", device.Story[^1]);
        Assert.Equal(0, device.Sent);
    }

    [Fact]
    public void An_end_is_told_again_after_every_start_until_the_broker_has_it()
    {
        UpdateStep end;
        using (SimulatedDevice device = new SimulatedDevice(_disk, One).Start())
        {
            end = device.Steps.Single(step => step.End is not null);
        }

        using (SimulatedDevice again = new SimulatedDevice(_disk, One).Start())
        {
            Assert.Equal(end.End, again.Steps.Single().End);
            again.Agent.OnTold(again.Steps.Single());
        }

        using SimulatedDevice last = new SimulatedDevice(_disk, One).Start();
        Assert.Empty(last.Steps);
    }

    [Fact]
    public void A_newer_order_while_a_package_is_being_checked_wins()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Loads = false;
        device.Obey(device.OrderFor(Two, generation: 1));
        Assert.Equal(UpdateState.Verifying, device.Reported.Phase);
        device.Agent.OnDesired(device.OrderFor(Three, generation: 2));
        device.Loads = true;

        device.Run();

        Assert.Equal("3.0.0", device.Version);
        Assert.DoesNotContain("2.0.0", device.Answered);
        Assert.Equal(1, device.Held);
    }

    [Fact]
    public void Progress_is_told_at_most_once_a_second()
    {
        byte[] large = TestPackages.Make(2, change: manifest => manifest with { Description = new string('x', 500) });
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        device.Agent.OnDesired(device.OrderFor(large, generation: 1));
        int arrived = 0;
        device.Way = bytes => ++arrived % 3 == 0 ? bytes : null;

        double began = device.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        while (device.Version != "2.0.0" && arrived < 1000)
        {
            device.Run();
        }

        double took = (device.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0) - began;

        List<UpdateStep> progress = [.. device.Steps.Where(step => step.Progress is not null)];
        Assert.InRange(progress.Count, 1, (int)took);
        Assert.All(progress, step => Assert.InRange(step.Progress!.Value.Percent, 0.001, 100));
        Assert.Equal("2.0.0", device.Version);
    }

    [Fact]
    public void Without_a_link_nothing_is_asked_for_and_a_link_goes_on_where_the_last_one_broke()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start(connected: false);
        device.Obey(device.OrderFor(Two, generation: 1));
        Assert.Equal(0, device.Sent);

        device.Agent.OnLink(true);
        device.Run();

        Assert.Equal("2.0.0", device.Version);
    }
}
