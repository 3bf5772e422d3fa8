using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Transfers;

public sealed class ChunkServerTests : IDisposable
{
    private const int Size = 1_000_000;

    private static readonly DeviceId Device = DeviceId.Parse("dev-a");

    private readonly TestDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly RecordingLink _link = new();
    private readonly byte[] _archive = new byte[Size];
    private readonly string _hash;

    public ChunkServerTests()
    {
        new Random(1).NextBytes(_archive);
        _hash = Convert.ToHexStringLower(SHA256.HashData(_archive));
        File.WriteAllBytes(_directory.Under(_hash), _archive);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_device_gets_the_bytes_it_asked_for_and_the_last_chunk_is_as_long_as_what_is_left()
    {
        ChunkServer server = Server();

        server.Ask(Device, Request(offset: 983_040, window: 4));
        server.Pump();

        (string topic, ChunkHeader header, byte[] payload) = Assert.Single(_link.Chunks);
        Assert.Equal("edge/v1/dev-a/down/chunk/t1", topic);
        Assert.Equal(new ChunkHeader(983_040, Size - 983_040), header);
        Assert.Equal(_archive[983_040..], payload);
    }

    [Fact]
    public void A_window_is_as_many_chunks_as_were_asked_for()
    {
        ChunkServer server = Server();

        server.Ask(Device, Request(offset: 65_536, window: 3));
        server.Pump();

        Assert.Equal([65_536L, 98_304L, 131_072L], _link.Chunks.Select(chunk => chunk.Header.Offset));
        Assert.Equal(3 * 32_768, server.BytesSent);
    }

    [Theory]
    [InlineData("an archive the order does not name", 0, true, false)]
    [InlineData("beyond the end", Size, false, false)]
    [InlineData("another device", 0, false, true)]
    public void What_a_device_has_no_right_to_is_refused_and_counted(string what, long offset, bool otherArchive, bool otherDevice)
    {
        ChunkServer server = Server();
        string hash = otherArchive ? new string('a', 64) : _hash;

        server.Ask(otherDevice ? DeviceId.Parse("dev-b") : Device, Request(offset, hash: hash));
        server.Pump();

        Assert.Empty(_link.Chunks);
        Assert.Equal(1, server.Refused);
        Assert.NotEmpty(what);
    }

    [Fact]
    public void Bytes_that_are_no_request_are_refused_and_counted()
    {
        ChunkServer server = Server();

        server.Ask(Device, [1, 2, 3]);

        Assert.Equal(1, server.Refused);
    }

    [Fact]
    public void A_right_that_was_taken_away_ends_the_serving()
    {
        ChunkServer server = Server();
        server.Grant(Device, new Dictionary<string, long>());

        server.Ask(Device, Request(0));

        Assert.Equal(1, server.Refused);
    }

    [Fact]
    public void All_transfers_together_stay_below_the_bytes_per_second()
    {
        const long PerSecond = 256 * 1024;
        ChunkServer server = Server(new TransferLimits(8, PerSecond));
        for (int second = 0; second < 60; second++)
        {
            server.Ask(Device, Request(0, window: 16, transfer: "t1"));
            server.Ask(Device, Request(0, window: 16, transfer: "t2"));
            for (int part = 0; part < 10; part++)
            {
                server.Pump();
                _time.Advance(0.1);
            }
        }

        // At most what 60 s allow and one burst; and the limit is used, not only kept.
        Assert.InRange(server.BytesSent, (long)(0.9 * 60 * PerSecond), (60 * PerSecond) + ChunkCodec.MaxLength);
    }

    [Fact]
    public void Transfers_take_turns()
    {
        ChunkServer server = Server();
        server.Ask(Device, Request(0, window: 3, transfer: "t1"));
        server.Ask(Device, Request(0, window: 3, transfer: "t2"));

        server.Pump();

        Assert.Equal(["t1", "t2", "t1", "t2", "t1", "t2"], _link.Chunks.Select(chunk => chunk.Topic.Split('/')[^1]));
    }

    [Fact]
    public void Transfers_beyond_the_limit_are_refused_until_one_has_been_idle()
    {
        ChunkServer server = Server(new TransferLimits(MaxConcurrent: 1));
        DeviceId other = DeviceId.Parse("dev-b");
        server.Grant(other, new Dictionary<string, long> { [_hash] = Size });

        server.Ask(Device, Request(0));
        server.Ask(other, Request(0));
        Assert.Equal(1, server.Refused);

        _time.Advance(ChunkServer.IdleAfter.TotalSeconds + 1);
        server.Ask(other, Request(0));
        Assert.Equal(1, server.Refused);
        Assert.Equal(1, server.Active);
    }

    [Fact]
    public void One_device_does_not_take_every_place()
    {
        ChunkServer server = Server(new TransferLimits(MaxConcurrent: 100));

        for (int i = 0; i < 50; i++)
        {
            server.Ask(Device, Request(0, transfer: $"t{i}"));
        }

        Assert.Equal(2, server.Active);
    }

    [Fact]
    public void A_link_that_is_busy_is_tried_again_and_nothing_is_lost()
    {
        ChunkServer server = Server();
        server.Ask(Device, Request(0, window: 4));
        _link.Room = 1;

        Assert.True(server.Pump() > TimeSpan.Zero);
        Assert.Single(_link.Chunks);
        _link.Room = 100;
        Assert.Equal(TimeSpan.Zero, server.Pump());

        Assert.Equal([0L, 32_768L, 65_536L, 98_304L], _link.Chunks.Select(chunk => chunk.Header.Offset));
    }

    [Fact]
    public void What_waits_when_the_connection_is_lost_is_forgotten()
    {
        ChunkServer server = Server();
        server.Ask(Device, Request(0, window: 4));
        _link.Room = 0;
        _link.IsConnected = false;

        Assert.Equal(TimeSpan.Zero, server.Pump());

        Assert.Equal(0, server.Active);
    }

    [Fact]
    public void An_archive_that_is_gone_from_the_disk_is_counted_and_hurts_nobody()
    {
        ChunkServer server = Server();
        File.Delete(_directory.Under(_hash));

        server.Ask(Device, Request(0));

        Assert.Equal(TimeSpan.Zero, server.Pump());
        Assert.Equal(1, server.Refused);
    }

    private ChunkServer Server(TransferLimits? limits = null)
    {
        ChunkServer server = new(
            _link, new Topics(Topics.DefaultRoot), limits ?? new TransferLimits(), _time, _directory.Under);
        server.Grant(Device, new Dictionary<string, long> { [_hash] = Size });
        return server;
    }

    private byte[] Request(long offset, int window = 1, string transfer = "t1", string? hash = null)
    {
        byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];
        int length = ChunkCodec.WriteRequest(new ChunkRequest(hash ?? _hash, offset, 32_768, window, transfer), bytes);
        return bytes[..length];
    }

    /// <summary>A link with room for so many messages.</summary>
    private sealed class RecordingLink : ILink
    {
        public List<(string Topic, ChunkHeader Header, byte[] Payload)> Chunks { get; } = [];

        public int Room { get; set; } = int.MaxValue;

        public bool IsConnected { get; set; } = true;

        public void Start(ILinkEvents events)
        {
        }

        public bool TryPublish(in LinkMessage message, long token)
        {
            if (Room == 0)
            {
                return false;
            }

            Room--;
            Assert.True(ChunkCodec.TryReadChunk(message.Payload.Span, out ChunkHeader header, out ReadOnlySpan<byte> payload));
            Chunks.Add((message.Topic, header, payload.ToArray()));
            return true;
        }

        public void Stop(TimeSpan patience)
        {
        }

        public void Dispose()
        {
        }
    }
}
