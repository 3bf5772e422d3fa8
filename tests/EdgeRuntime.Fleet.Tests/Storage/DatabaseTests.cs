using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Monitoring;
using EdgeRuntime.Fleet.Storage;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Storage;

public sealed class DatabaseTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_systems_library_answers_and_not_the_one_of_the_package()
    {
        // The package of 2020 brings 3.33; its native file is not even in the output.
        Assert.True(Version.Parse(SystemSqlite.Use()) > new Version(3, 35));
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "*e_sqlite3.so", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_committed_is_there_after_opening_again_and_what_was_rolled_back_is_not()
    {
        using (Database first = Database.Open(_directory.Under("a.db")))
        {
            first.Begin();
            EventStore.Add(first, Event("kept"));
            first.Commit();
            first.Begin();
            EventStore.Add(first, Event("gone"));
            first.Rollback();
        }

        using Database second = Database.Open(_directory.Under("a.db"));

        Assert.Equal(["kept"], EventStore.Newest(second, null, 10).Select(e => e.Detail));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_a_sentence()
    {
        File.WriteAllText(_directory.Under("b.db"), new string('x', 5000));

        StorageException refused = Assert.Throws<StorageException>(() => Database.Open(_directory.Under("b.db")));

        Assert.Contains("cannot be used", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_a_newer_program_is_refused_with_a_sentence()
    {
        using (Database first = Database.Open(_directory.Under("c.db")))
        {
            first.Execute("PRAGMA user_version = 99");
        }

        StorageException refused = Assert.Throws<StorageException>(() => Database.Open(_directory.Under("c.db")));

        Assert.Contains("has version 99, and this program knows 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_old_or_too_much_is_removed_oldest_first()
    {
        using Database database = Database.Open(_directory.Under("d.db"));
        const long DayMs = 24L * 3600 * 1000;
        for (int i = 0; i < 10; i++)
        {
            EventStore.Add(database, Event($"{i}") with { ReceivedUnixMs = i * DayMs });
        }

        Retention retention = Retention.Default with { Events = new RetentionLimit(Days: 7, Rows: 4) };
        retention.Purge(database, 10 * DayMs);

        Assert.Equal(["9", "8", "7", "6"], EventStore.Newest(database, null, 100).Select(e => e.Detail));
    }

    [Fact]
    public void A_commit_that_fails_leaves_memory_as_the_database_is_and_acknowledges_nothing()
    {
        using FleetRig rig = new FleetRig().With(2);
        rig.Push(rig.V1);
        rig.Pass(30);
        rig.Push(rig.V2);
        Dictionary<string, long> receipts = new(rig.Devices[0].Receipts);

        // A disk that is full, as SQLite meets it: the file may not grow by another page.
        long pages = rig.State.Database.Read("PRAGMA page_count", row => row.GetInt64(0))[0];
        rig.State.Database.Execute($"PRAGMA max_page_count = {pages}");
        Assert.Throws<FleetBusyException>(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                rig.Ask(() => rig.State.Rollouts.Start(new("vitals@1.1.0", FleetRig.QuickPlan with { Canary = [] }), rig.Time.NowMs));
                rig.Ask(() => rig.State.Rollouts.Ask(rig.State.Rollouts.All[0].Id, new Fleet.Rollouts.RolloutEvent.AbortAsked(false) { AtMs = rig.Time.NowMs }));
            }
        });
        Assert.Contains("cannot be written", rig.Host.Loop.StorageError, StringComparison.Ordinal);
        int rollouts = rig.State.Rollouts.All.Count;
        Assert.Equal(rollouts, rig.State.Database.Read("SELECT count(*) FROM rollouts", row => row.GetInt32(0))[0]);
        rig.Time.Advance(5);
        rig.Devices[0].SendWindow();
        rig.Settle();
        rig.Time.Advance(1);
        rig.Settle();
        Assert.Equal(receipts["window"], rig.Devices[0].Receipts["window"]);

        // Only a turn that has something to write can show that the disk takes it again.
        rig.State.Database.Execute("PRAGMA max_page_count = 1000000");
        rig.Devices[0].SendWindow();
        rig.Time.Advance(1);
        rig.Settle();

        Assert.Null(rig.Host.Loop.StorageError);
        Assert.NotEmpty(rig.Ask(rig.Show.Devices).Devices);
    }

    private static EventView Event(string detail) => new()
    {
        Device = DeviceId.Parse("dev-a"),
        Kind = "drift",
        Severity = EventSeverity.Info,
        Detail = detail,
        T = 0,
        ReceivedUnixMs = 0,
    };
}
