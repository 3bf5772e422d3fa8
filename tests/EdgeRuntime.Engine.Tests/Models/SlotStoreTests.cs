using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class SlotStoreTests
{
    private static readonly StoredPackage Old = Package("old", 1);
    private static readonly StoredPackage New = Package("new", 2);

    public static TheoryData<Aftermath> Aftermaths => [.. Enum.GetValues<Aftermath>()];

    [Fact]
    public void Every_field_of_a_state_survives_the_pointer_file()
    {
        UpdateOrder order = Order(New, 7) with { Revert = true, Configured = true };
        LineState state = LineState.Empty with
        {
            A = Old,
            B = New,
            ActiveSlot = Slot.A,
            Floor = 5,
            Trusted = [New.Digest, Old.Digest],
            Refused = [New.Digest],
            Generation = 7,
            Deployment = "d-7",
            Phase = new Activation.Soaking(order),
            Last = new Outcome.Rejected("d-6", 6, New.Digest, "2.0.0", "a \"reason\" with ümlauts"),
            Untold =
            [
                new Outcome.Committed("d-5", 5, Old.Digest, "1.0.0"),
                new Outcome.Undone("d-6", 6, New.Digest, "2.0.0", "because"),
            ],
        };

        LineState read = PointerFile.Decode(PointerFile.Encode(state));

        Assert.Equal(PointerFile.Encode(state), PointerFile.Encode(read));
        Assert.Equal(order, Assert.IsType<Activation.Soaking>(read.Phase).Order);
        Assert.Equal(state.Untold, read.Untold);
        Assert.Equal(state.Trusted, read.Trusted);
        Assert.Equal((state.A, state.B, state.ActiveSlot, state.Floor, state.Generation, state.Deployment, state.Last),
            (read.A, read.B, read.ActiveSlot, read.Floor, read.Generation, read.Deployment, read.Last));
    }

    [Fact]
    public void No_single_flipped_bit_of_a_pointer_file_is_obeyed()
    {
        byte[] good = PointerFile.Encode(Trusting(Old));
        int refused = 0;
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                PointerFile.Decode(bad);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.Equal(good.Length * 8, refused);
    }

    [Fact]
    public void No_truncated_pointer_file_is_obeyed()
    {
        byte[] good = PointerFile.Encode(Trusting(Old));

        for (int length = 0; length < good.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => PointerFile.Decode(good.AsMemory(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_power_failure_at_any_operation_of_two_saves_leaves_one_of_the_states_around_it(Aftermath aftermath)
    {
        int cuts = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            for (long cut = 1; ; cut++)
            {
                SimulatedDisk disk = new();
                SlotStore store = SlotStore.Open(disk, "m");
                store.Save(Trusting(Old) with { Generation = 1 });
                disk.FailAt = disk.Operations + cut;
                bool finished = Survives(() =>
                {
                    store.Save(Trusting(Old) with { Generation = 2 });
                    store.Save(Trusting(Old) with { Generation = 3 });
                });
                long known = store.State.Generation;
                disk.Reboot(aftermath, new Random(seed));

                SlotStore reopened = SlotStore.Open(disk, "m");

                string story = $"seed {seed}, cut {cut}: {known} was saved, {reopened.State.Generation} found, {reopened.Damage}";
                Assert.True(reopened.State.Generation == known || reopened.State.Generation == known + 1, story);
                Assert.True(reopened.Damage is null, story);
                if (finished)
                {
                    break;
                }

                cuts++;
            }
        }

        Assert.True(cuts >= 10 * 16, $"only {cuts} cuts were made");
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_power_failure_at_any_operation_of_the_first_start_leaves_a_store_that_opens_empty(Aftermath aftermath)
    {
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = new() { FailAt = cut };
            bool finished = Survives(() => SlotStore.Open(disk, "m"));
            disk.Reboot(aftermath, new Random(1));

            SlotStore reopened = SlotStore.Open(disk, "m");

            Assert.Null(reopened.Damage);
            Assert.Null(reopened.State.Active);
            reopened.Save(Trusting(Old));
            if (finished)
            {
                break;
            }
        }
    }

    [Fact]
    public void A_damaged_pointer_yields_to_the_one_before_and_says_so()
    {
        SimulatedDisk disk = new();
        SlotStore store = SlotStore.Open(disk, "m");
        store.Save(Trusting(Old) with { Generation = 1 });
        store.Save(Trusting(Old) with { Generation = 2 });
        disk.FlipBit("slots/m/current.json", 150);

        SlotStore reopened = SlotStore.Open(disk, "m");

        Assert.Equal(1, reopened.State.Generation);
        Assert.Equal(Old, reopened.State.Active);
        Assert.Equal(
            "slots/m/current.json: its content does not have the hash it states; the pointer before it counts", reopened.Damage);
        Assert.Null(SlotStore.Open(disk, "m").Damage);
    }

    [Fact]
    public void A_store_whose_pointers_are_both_damaged_begins_anew_and_says_so()
    {
        SimulatedDisk disk = new();
        SlotStore store = SlotStore.Open(disk, "m");
        store.Save(Trusting(Old) with { Generation = 1 });
        store.Save(Trusting(Old) with { Generation = 2 });
        disk.FlipBit("slots/m/current.json", 150);
        disk.FlipBit("slots/m/previous.json", 3);

        SlotStore reopened = SlotStore.Open(disk, "m");

        Assert.Null(reopened.State.Active);
        Assert.EndsWith("so it begins anew", reopened.Damage, StringComparison.Ordinal);
        reopened.Save(Trusting(New));
        Assert.Equal(New, SlotStore.Open(disk, "m").State.Active);
    }

    [Fact]
    public void A_pointer_of_a_newer_program_is_not_guessed_at()
    {
        string file = Encoding.UTF8.GetString(PointerFile.Encode(Trusting(Old)))
            .Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal);

        InvalidDataException refused =
            Assert.Throws<InvalidDataException>(() => PointerFile.Decode(Encoding.UTF8.GetBytes(file)));

        Assert.Equal("it has format 2; this program reads up to 1", refused.Message);
    }

    [Fact]
    public void A_pointer_that_contradicts_itself_is_refused()
    {
        LineState impossible = Trusting(Old) with { A = null };

        InvalidDataException refused =
            Assert.Throws<InvalidDataException>(() => PointerFile.Decode(PointerFile.Encode(impossible)));

        Assert.Equal("it says the active slot A holds nothing", refused.Message);
    }

    [Fact]
    public void A_state_is_saved_on_a_full_disk_from_the_room_kept_for_it()
    {
        SimulatedDisk disk = new();
        SlotStore store = SlotStore.Open(disk, "m");
        store.Save(Trusting(Old) with { Generation = 1 });
        disk.Capacity = disk.Used;

        store.Save(Trusting(Old) with { Generation = 2 });

        Assert.Equal(2, SlotStore.Open(disk, "m").State.Generation);
    }

    [Fact]
    public void A_save_that_finds_no_room_at_all_leaves_the_state_before_it()
    {
        for (long room = 0; room < 3000; room += 7)
        {
            SimulatedDisk disk = new();
            SlotStore store = SlotStore.Open(disk, "m");
            store.Save(Trusting(Old) with { Generation = 1 });
            disk.Delete("slots/m/reserve");
            disk.Capacity = disk.Used + room;

            try
            {
                store.Save(Trusting(Old) with { Generation = 2 });
            }
            catch (IOException)
            {
                Assert.Equal(1, store.State.Generation);
            }

            disk.Capacity = long.MaxValue;
            Assert.Equal(store.State.Generation, SlotStore.Open(disk, "m").State.Generation);
        }
    }

    [Fact]
    public void A_store_on_a_medium_without_room_opens_empty_and_refuses_changes_with_a_sentence()
    {
        SimulatedDisk disk = new() { Capacity = 40 };

        SlotStore store = SlotStore.Open(disk, "m");

        Assert.Null(store.State.Active);
        Assert.StartsWith("slots/m: No space left on device", store.Damage, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Save(Trusting(Old)));
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_power_failure_during_the_installation_never_touches_the_active_slot(Aftermath aftermath)
    {
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = new();
            SlotStore store = SlotStore.Open(disk, "m");
            store.Save(Trusting(Old) with { Phase = new Activation.Installing(Order(New, 7), New, Attempt: 1) });
            PutIntoSlot(disk, store, Old, "active");
            disk.FailAt = disk.Operations + cut;
            bool finished = Survives(() =>
            {
                store.Place("candidate"u8);
                store.Install(New);
            });
            disk.Reboot(aftermath, new Random(1));

            SlotStore reopened = SlotStore.Open(disk, "m");

            Assert.Equal("active", Text(disk, reopened.PathOf(Slot.A)));
            string candidate = Text(disk, reopened.PathOf(New.ArchiveSha256));
            Assert.True(candidate == "candidate" || (candidate.Length == 0 && !finished), $"cut {cut}: '{candidate}'");
            if (finished)
            {
                break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_store_whose_slots_had_letters_is_taken_over_wherever_the_power_fails_in_that(Aftermath aftermath)
    {
        bool finished = false;
        for (long cut = 1; !finished; cut++)
        {
            SimulatedDisk disk = new();
            SlotStore store = SlotStore.Open(disk, "m");
            store.Save(Trusting(Old) with { B = New, Trusted = [New.Digest, Old.Digest] });
            foreach ((string letter, string text) in new[] { ("a", "active"), ("b", "before") })
            {
                disk.CreateDirectory($"slots/m/{letter}");
                disk.SyncDirectory("slots/m");
                DurableFiles.WriteAtomically(disk, $"slots/m/{letter}/package.edgepkg", Encoding.UTF8.GetBytes(text));
            }

            disk.FailAt = disk.Operations + cut;
            finished = Survives(() => SlotStore.Open(disk, "m"));
            disk.Reboot(aftermath, new Random((int)cut));

            SlotStore reopened = SlotStore.Open(disk, "m");

            Assert.Null(reopened.Damage);
            Assert.Equal(("active", "before"), (Text(disk, reopened.PathOf(Slot.A)), Text(disk, reopened.PathOf(Slot.B))));
            Assert.Equal(2, disk.List("slots/m").Count(name => name.Length is 1 or 64));
        }
    }

    [Fact]
    public void An_archive_goes_when_the_pointer_does_not_name_it_any_more_and_not_before()
    {
        SimulatedDisk disk = new();
        SlotStore store = SlotStore.Open(disk, "m");
        store.Save(Trusting(Old) with { B = New });
        PutIntoSlot(disk, store, Old, "active");
        PutIntoSlot(disk, store, New, "spare");

        disk.Capacity = 0;
        Assert.Throws<IOException>(() => store.Save(Trusting(Old) with { Deployment = new string('d', 20_000) }));
        Assert.Equal("spare", Text(disk, store.PathOf(New.ArchiveSha256)));
        disk.Capacity = long.MaxValue;
        store.Save(Trusting(Old));

        Assert.Equal("active", Text(disk, store.PathOf(Old.ArchiveSha256)));
        Assert.Equal("", Text(disk, store.PathOf(New.ArchiveSha256)));
    }

    [Fact]
    public void The_hashes_of_a_pending_download_survive_a_restart_and_damage_to_them_is_seen()
    {
        SimulatedDisk disk = new();
        SlotStore store = SlotStore.Open(disk, "m");
        PackageReference package = new()
        {
            Digest = New.Digest,
            Version = "2.0.0",
            Size = 15,
            ArchiveSha256 = new string('1', 64),
            ChunkBytes = 10,
            ChunkSha256 = [new string('2', 64), new string('3', 64)],
        };
        store.Expect(package);

        PackageReference? expected = SlotStore.Open(disk, "m").Expected();

        Assert.Equal(package.ChunkSha256, expected!.ChunkSha256);
        Assert.Equal(package.Digest, expected.Digest);
        disk.FlipBit("slots/m/incoming/order.json", 1);
        Assert.Null(store.Expected());
    }

    private static LineState Trusting(StoredPackage package) => LineState.Empty with
    {
        A = package, ActiveSlot = Slot.A, Floor = package.ReleaseCounter, Trusted = [package.Digest],
    };

    private static StoredPackage Package(string name, long counter) =>
        new(ModelId.Of(Encoding.UTF8.GetBytes(name)), $"{counter}.0.0", counter, ModelId.Of(Encoding.UTF8.GetBytes(name + counter)).ToString(), 100);

    private static UpdateOrder Order(StoredPackage package, long generation) => new()
    {
        Deployment = "d-7",
        Generation = generation,
        Digest = package.Digest,
        Version = package.Version,
        ArchiveSha256 = package.ArchiveSha256,
        Size = package.Size,
        ChunkBytes = 10,
    };

    private static void PutIntoSlot(SimulatedDisk disk, SlotStore store, StoredPackage package, string text)
    {
        string path = store.PathOf(package.ArchiveSha256);
        disk.CreateDirectory(DurableFiles.Parent(path));
        disk.SyncDirectory("slots/m");
        DurableFiles.WriteAtomically(disk, path, Encoding.UTF8.GetBytes(text));
    }

    private static string Text(SimulatedDisk disk, string path) =>
        Encoding.UTF8.GetString(DurableFiles.ReadAll(disk, path, 1000) ?? []);

    private static bool Survives(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (PowerFailureException)
        {
            return false;
        }
    }
}
