using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class CaptureStoreTests
{
    private const string Directory = "captures/plant";

    private readonly ManualTime _time = new();
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void The_reason_with_the_most_bytes_gives_up_its_oldest_so_that_a_rare_one_stays()
    {
        CaptureStore store = Open(new CaptureSpec { MaxBytes = 1000, BytesPerDay = 100_000 });

        Assert.True(store.TryKeep(CaptureReason.Novel, new byte[200]));
        for (int i = 0; i < 6; i++)
        {
            Assert.True(store.TryKeep(CaptureReason.Uncertain, new byte[200]));
        }

        Assert.False(store.TryKeep(CaptureReason.Asked, new byte[1001]));
        Assert.Equal([1L, 4, 5, 6, 7], store.List().Select(clip => clip.Number));
        Assert.Equal(CaptureReason.Novel, store.List()[0].Reason);
        CaptureCounts counts = store.Counts;
        Assert.Equal((5, 1000, 7, 1400, 1), (counts.Clips, counts.Bytes, counts.Written, counts.BytesWritten, counts.TooLarge));
        Assert.Equal(2, counts.Evicted[CaptureReason.Uncertain]);
    }

    [Fact]
    public void What_a_day_may_write_is_remembered_over_a_restart_and_the_next_day_begins_anew()
    {
        CaptureSpec spec = new() { MaxBytes = 10_000, BytesPerDay = 500 };
        Assert.True(Open(spec).TryKeep(CaptureReason.Asked, new byte[300]));

        CaptureStore restarted = Open(spec);
        Assert.False(restarted.TryKeep(CaptureReason.Asked, new byte[300]));
        Assert.Equal(1, restarted.Counts.OverDay);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.True(restarted.TryKeep(CaptureReason.Asked, new byte[300]));
    }

    [Fact]
    public void A_clip_that_is_too_old_goes_and_one_that_is_asked_to_be_forgotten_too()
    {
        CaptureStore store = Open(new CaptureSpec { MaxAgeH = 1 });
        store.TryKeep(CaptureReason.Asked, new byte[10]);
        _time.Advance(TimeSpan.FromMinutes(50));
        store.TryKeep(CaptureReason.Asked, new byte[20]);
        _time.Advance(TimeSpan.FromMinutes(20));

        store.Tick();

        Assert.Equal(20, Assert.Single(store.List()).Length);
        Assert.Equal(1, store.Counts.Aged);
        Assert.Equal(1, store.Forget());
        Assert.Empty(Open(new CaptureSpec()).List());
    }

    // Power fails in every operation of keeping several clips; what is there afterwards is whole, and the day's bytes were paid for.
    [Theory]
    [InlineData(Aftermath.SyncedOnly)]
    [InlineData(Aftermath.Everything)]
    [InlineData(Aftermath.NamesOnly)]
    [InlineData(Aftermath.ContentOnly)]
    [InlineData(Aftermath.Torn)]
    public void Wherever_the_power_fails_the_clips_that_are_there_are_whole(Aftermath aftermath)
    {
        CaptureSpec spec = new() { MaxBytes = 600, BytesPerDay = 100_000 };
        for (long cut = 1; ; cut++)
        {
            SimulatedDisk disk = new() { FailAt = cut };
            bool failed = false;
            try
            {
                CaptureStore store = new(disk, Directory, spec, _time);
                for (byte i = 1; i <= 5; i++)
                {
                    store.TryKeep(CaptureReason.Asked, Enumerable.Repeat(i, 100 + i).ToArray());
                }
            }
            catch (PowerFailureException)
            {
                failed = true;
            }

            disk.FailAt = 0;
            disk.Reboot(aftermath, new Random((int)cut));
            CaptureStore after = new(disk, Directory, spec, _time);
            long bytes = 0;
            foreach (CaptureStore.StoredClip clip in after.List())
            {
                byte[] content = new byte[clip.Length];
                Assert.Equal(clip.Length, after.Read(clip, 0, content));
                Assert.True(content.Length == 100 + content[0] && content.All(value => value == content[0]), $"cut {cut}: clip {clip.Name} is not whole");
                bytes += clip.Length;
            }

            Assert.True(after.Counts.BytesToday >= bytes, $"cut {cut}: {after.Counts.BytesToday} bytes were paid for {bytes}");
            Assert.DoesNotContain(disk.Files(), file => file.EndsWith(".tmp", StringComparison.Ordinal));
            if (!failed)
            {
                return;
            }
        }
    }

    [Fact]
    public void A_full_disk_costs_a_clip_and_nothing_else()
    {
        CaptureStore store = Open(new CaptureSpec());
        store.TryKeep(CaptureReason.Asked, new byte[100]);
        _disk.Capacity = _disk.Used + 100;

        Assert.False(store.TryKeep(CaptureReason.Asked, new byte[5000]));
        _disk.Capacity = long.MaxValue;

        Assert.Equal(1, store.Counts.Failed);
        Assert.Single(store.List());
        Assert.True(store.TryKeep(CaptureReason.Asked, new byte[5000]));
    }

    private CaptureStore Open(CaptureSpec spec) => new(_disk, Directory, spec, _time);
}
