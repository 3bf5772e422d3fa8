using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class ChunkDownloadTests
{
    private const string File = "incoming/package.part";

    private readonly ManualTime _time = new();
    private readonly SimulatedDisk _disk = new();
    private readonly byte[] _archive = new byte[1007];
    private readonly PackageReference _package;

    public ChunkDownloadTests()
    {
        new Random(4711).NextBytes(_archive);
        _package = Reference(_archive, chunkBytes: 64);
        _disk.CreateDirectory("incoming");
        _disk.SyncDirectory("");
    }

    [Fact]
    public void All_chunks_in_order_make_the_archive()
    {
        ChunkDownload download = Begin();

        Deliver(download);

        Assert.True(download.IsComplete);
        Assert.Equal(_archive, DurableFiles.ReadAll(_disk, File, 10_000));
        Assert.Equal((1007L, 100.0), (download.VerifiedBytes, download.Percent));
    }

    [Fact]
    public void The_first_request_asks_for_two_consecutive_chunks()
    {
        ChunkDownload download = Begin();

        Assert.True(download.TryNext(out ChunkRequest request));

        Assert.Equal(new ChunkRequest(_package.ArchiveSha256, 0, 64, 2, "t-1"), request);
        Assert.False(download.TryNext(out _));
    }

    [Fact]
    public void The_window_grows_while_no_chunk_waits_for_another_up_to_thirty_two()
    {
        byte[] large = new byte[64 * 400];
        ChunkDownload download = Begin(Reference(large, 64));
        int most = 0;
        while (!download.IsComplete)
        {
            Assert.True(download.TryNext(out ChunkRequest request));
            int flying = request.Window;
            while (download.TryNext(out ChunkRequest more))
            {
                flying += more.Window;
                Answer(download, more, large);
            }

            most = Math.Max(most, flying);
            Answer(download, request, large);
        }

        Assert.Equal(32, most);
    }

    [Fact]
    public void Few_chunks_wait_on_the_way_at_first_and_more_only_as_more_came_without_a_loss()
    {
        byte[] large = new byte[64 * 800];
        ChunkDownload download = Begin(Reference(large, 64));
        Queue<(long Offset, byte[] Bytes)> line = [];
        List<int> waiting = [];
        while (!download.IsComplete)
        {
            while (download.TryNext(out ChunkRequest request))
            {
                Chunks(request, large).ToList().ForEach(line.Enqueue);
            }

            // One chunk at a time comes over this line, each 10 ms after the one before.
            waiting.Add(line.Count);
            _time.Advance(0.01);
            (long offset, byte[] bytes) = line.Dequeue();
            download.OnChunk(offset, bytes);
            if (waiting.Count == 600)
            {
                download.OnLinkChanged();
                line.Clear();
            }
        }

        Assert.InRange(waiting[..64].Max(), 2, 8);
        Assert.InRange(waiting[64..600].Max(), 12, 20);
        Assert.InRange(waiting[600..650].Max(), 2, 8);
    }

    [Fact]
    public void A_chunk_with_a_flipped_bit_is_not_written_and_is_asked_for_again()
    {
        ChunkDownload download = Begin();
        Assert.True(download.TryNext(out _));
        byte[] bad = _archive[..64];
        bad[5] ^= 1;

        Assert.Equal(ChunkArrival.Corrupt, download.OnChunk(0, bad));

        Assert.Equal(0, download.VerifiedBytes);
        _time.Advance(1);
        Answer(download, new ChunkRequest("", 64, 64, 3, ""), _archive);
        Assert.True(download.TryNext(out ChunkRequest again));
        Assert.Equal(0, again.Offset);
    }

    [Fact]
    public void A_chunk_that_always_comes_damaged_ends_the_transfer_with_a_sentence()
    {
        ChunkDownload download = Begin();

        for (int i = 0; i < ChunkDownload.CorruptLimit; i++)
        {
            download.OnChunk(64, new byte[64]);
        }

        Assert.Equal("chunk 1 came 8 times with bytes that do not have the hash of the order", download.Failure);
        Assert.False(download.TryNext(out _));
    }

    [Theory]
    [InlineData(-64, 64)]
    [InlineData(1, 64)]
    [InlineData(0, 63)]
    [InlineData(0, 65)]
    [InlineData(960, 64)]
    [InlineData(1024, 64)]
    [InlineData(long.MaxValue - 63, 64)]
    public void A_chunk_that_no_place_of_the_archive_has_is_ignored(long offset, int length)
    {
        ChunkDownload download = Begin();

        Assert.Equal(ChunkArrival.Foreign, download.OnChunk(offset, Enumerable.Repeat((byte)1, length).ToArray()));
        Assert.DoesNotContain((byte)1, DurableFiles.ReadAll(_disk, File, 10_000)!);
    }

    [Fact]
    public void Silence_is_met_with_ever_rarer_requests_and_never_ends_the_transfer()
    {
        ChunkDownload download = Begin();
        int requests = 0;
        for (int second = 0; second < 24 * 3600; second++)
        {
            requests += download.TryNext(out _) ? 1 : 0;
            _time.Advance(1);
        }

        Assert.Null(download.Failure);

        // A pause of at most 60 s and a wait of at most 60 s: at least one request in two minutes, and hardly more
        // than one in the shortest jittered minute and a half.
        Assert.InRange(requests, 24 * 30, 24 * 45);
        Deliver(download);
        Assert.True(download.IsComplete);
    }

    [Fact]
    public void A_new_link_asks_at_once_whatever_the_old_one_owed()
    {
        ChunkDownload download = Begin();
        download.TryNext(out _);

        download.OnLinkChanged();

        Assert.True(download.TryNext(out ChunkRequest request));
        Assert.Equal((0L, 2), (request.Offset, request.Window));
    }

    [Fact]
    public void A_restart_goes_on_with_what_was_synced()
    {
        ChunkDownload first = Begin();
        for (int chunk = 0; chunk < 7; chunk++)
        {
            first.OnChunk(chunk * 64, _archive.AsSpan(chunk * 64, 64));
        }

        _disk.Sync(File);
        _disk.SyncDirectory("incoming");
        _disk.Reboot(Aftermath.SyncedOnly, new Random(1));

        ChunkDownload second = Begin();

        Assert.Equal(7 * 64, second.VerifiedBytes);
        Assert.True(second.TryNext(out ChunkRequest request));
        Assert.Equal(7 * 64, request.Offset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_restart_fetches_again_what_the_disk_lost_or_tore(int seed)
    {
        ChunkDownload first = Begin();
        for (int chunk = 15; chunk >= 0; chunk -= 2)
        {
            first.OnChunk(chunk * 64, _archive.AsSpan(chunk * 64, Math.Min(64, 1007 - (chunk * 64))));
        }

        _disk.Reboot(Aftermath.Torn, new Random(seed));
        ChunkDownload second = Begin();

        Deliver(second);

        Assert.True(second.IsComplete);
        Assert.Equal(_archive, DurableFiles.ReadAll(_disk, File, 10_000));
    }

    [Fact]
    public void A_longer_file_of_another_archive_is_not_taken_for_a_part_of_this_one()
    {
        _disk.Write(File, 0, new byte[5000]);

        ChunkDownload download = Begin();
        Deliver(download);

        Assert.Equal(_archive, DurableFiles.ReadAll(_disk, File, 10_000));
    }

    [Fact]
    public void A_disk_without_room_is_noticed_before_the_first_byte()
    {
        _disk.Capacity = _disk.Used + 1007 + ChunkDownload.ReserveBytes - 1;

        ChunkDownload download = Begin();

        Assert.Equal("the disk is full: 66543 bytes are needed and 66542 are free", download.Failure);
        Assert.Null(_disk.Length(File));
    }

    [Fact]
    public void The_whole_archive_has_its_room_before_the_first_chunk_is_asked_for()
    {
        ChunkDownload download = Begin();
        _disk.Capacity = _disk.Used;

        Deliver(download);

        Assert.True(download.IsComplete, download.Failure);
    }

    [Fact]
    public void A_download_that_goes_on_needs_no_room_a_second_time()
    {
        Begin();
        _disk.Capacity = _disk.Used + ChunkDownload.ReserveBytes;

        ChunkDownload again = Begin();
        Deliver(again);

        Assert.True(again.IsComplete, again.Failure);
    }

    [Fact]
    public void A_disk_that_somebody_else_fills_meanwhile_ends_the_transfer_with_a_sentence()
    {
        for (long room = 0; room < 1007 + 32; room++)
        {
            SimulatedDisk disk = new() { ClaimedFree = 1_000_000 };
            disk.CreateDirectory("incoming");
            disk.Capacity = disk.Used + room;
            ChunkDownload download = new(disk, File, _package, "t-1", _time, new Random(1));
            download.Begin();

            Deliver(download);

            Assert.False(download.IsComplete);
            Assert.Equal("the disk does not take the package: No space left on device", download.Failure);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20_260_101)]
    public void Lost_duplicated_damaged_and_reordered_chunks_still_make_the_archive(int seed)
    {
        Random random = new(seed);
        ChunkDownload download = Begin();
        List<(long Offset, byte[] Bytes)> wire = [];
        int restarts = 0;
        for (int step = 0; step < 100_000 && !download.IsComplete; step++)
        {
            while (download.TryNext(out ChunkRequest request))
            {
                foreach ((long offset, byte[] bytes) in Chunks(request, _archive))
                {
                    int copies = random.Next(10) switch { < 3 => 0, < 8 => 1, _ => 2 };
                    for (int copy = 0; copy < copies; copy++)
                    {
                        byte[] sent = [.. bytes];
                        sent[random.Next(sent.Length)] ^= (byte)(random.Next(20) == 0 ? 1 : 0);
                        wire.Add((offset, sent));
                    }
                }
            }

            if (wire.Count > 0 && random.Next(2) == 0)
            {
                int any = random.Next(wire.Count);
                download.OnChunk(wire[any].Offset, wire[any].Bytes);
                wire.RemoveAt(any);
            }

            if (random.Next(200) == 0)
            {
                restarts++;
                _disk.Reboot(Aftermath.Torn, random);
                wire.Clear();
                download = Begin();
            }

            _time.Advance(random.NextDouble());
        }

        Assert.True(download.IsComplete, $"seed {seed}: {download.Percent} % after {restarts} restarts, {download.Failure}");
        Assert.Equal(_archive, DurableFiles.ReadAll(_disk, File, 10_000));
    }

    [Fact]
    public void An_order_that_cannot_be_fetched_is_refused_with_one_sentence()
    {
        (PackageReference Package, string Objection)[] cases =
        [
            (_package with { Size = 0 }, "the package has 0 bytes; this device takes 1 to 2000"),
            (_package with { Size = 2001 }, "the package has 2001 bytes; this device takes 1 to 2000"),
            (_package with { ChunkBytes = 0 }, "chunks of 0 bytes are outside 1 to 122880"),
            (_package with { ChunkBytes = 122_881 }, "chunks of 122881 bytes are outside 1 to 122880"),
            (_package with { ChunkBytes = 32 }, "the order lists 16 chunks where the size makes 32"),
            (_package with { ArchiveSha256 = "00" }, "a hash of the order is not 64 lowercase hex digits"),
            (_package with { ChunkSha256 = [.. _package.ChunkSha256.Select(hash => hash.ToUpperInvariant())] },
                "a hash of the order is not 64 lowercase hex digits"),
        ];

        Assert.Null(ChunkDownload.Objection(_package, 2000));
        Assert.All(cases, c => Assert.Equal(c.Objection, ChunkDownload.Objection(c.Package, 2000)));
    }

    private static PackageReference Reference(byte[] archive, int chunkBytes) => new()
    {
        Digest = ModelId.Of(archive),
        Version = "1.0.0",
        Size = archive.Length,
        ArchiveSha256 = Convert.ToHexStringLower(SHA256.HashData(archive)),
        ChunkBytes = chunkBytes,
        ChunkSha256 = [.. archive.Chunk(chunkBytes).Select(chunk => Convert.ToHexStringLower(SHA256.HashData(chunk)))],
    };

    private static IEnumerable<(long Offset, byte[] Bytes)> Chunks(ChunkRequest request, byte[] archive)
    {
        for (int i = 0; i < request.Window; i++)
        {
            int offset = (int)request.Offset + (i * request.Length);
            yield return (offset, archive[offset..Math.Min(offset + request.Length, archive.Length)]);
        }
    }

    private static void Answer(ChunkDownload download, ChunkRequest request, byte[] archive)
    {
        foreach ((long offset, byte[] bytes) in Chunks(request, archive))
        {
            download.OnChunk(offset, bytes);
        }
    }

    private ChunkDownload Begin(PackageReference? package = null)
    {
        ChunkDownload download = new(_disk, File, package ?? _package, "t-1", _time, new Random(1));
        download.Begin();
        return download;
    }

    private void Deliver(ChunkDownload download)
    {
        for (int step = 0; step < 10_000 && !download.IsComplete && download.Failure is null; step++)
        {
            while (download.TryNext(out ChunkRequest request))
            {
                Answer(download, request, _archive);
            }

            _time.Advance(0.1);
        }
    }
}
