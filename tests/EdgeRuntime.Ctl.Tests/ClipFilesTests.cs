using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Ctl.Monitoring;
using EdgeRuntime.Fuzz.Targets;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>Clips on their way from a device into files.</summary>
public sealed class ClipFilesTests : IDisposable
{
    private const string Name = "0000000001-1700000000000-asked.clip";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Pieces_in_any_order_and_any_number_of_times_make_the_clip()
    {
        byte[] clip = [.. Enumerable.Range(0, (2 * SampleChunk.MostBytes) + 5).Select(i => (byte)(i * 31))];
        ClipCollection clips = new();

        foreach (int piece in (int[])[2, 0, 2, 0])
        {
            clips.Add(Piece(clip, piece));
            Assert.False(clips.IsComplete);
        }

        clips.Add(Piece(clip, 1));

        Assert.True(clips.IsComplete);
        (string name, byte[] whole) = Assert.Single(clips.Whole());
        Assert.Equal(Name, name);
        Assert.Equal(clip, whole);
    }

    [Fact]
    public void A_piece_of_a_clip_that_claims_to_be_large_takes_no_more_room_than_the_piece()
    {
        const int Many = 64;
        ClipCollection clips = new();
        byte[] data = new byte[SampleChunk.MostBytes];
        byte[][] pieces = [.. Enumerable.Range(0, Many).Select(i => new SampleChunk(Name, i, Many, 0, 1L << 30, data).Write())];
        long before = GC.GetAllocatedBytesForCurrentThread();

        foreach (byte[] piece in pieces)
        {
            clips.Add(piece);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * Many * SampleChunk.MostBytes);
        Assert.False(clips.IsComplete);
        Assert.Throws<FormatException>(() => clips.Add(new SampleChunk(Name, 0, Many, 0, (1L << 30) + 1, data).Write()));
    }

    [Fact]
    public void A_device_that_begins_anew_with_other_clips_is_followed()
    {
        ClipCollection clips = new();
        clips.Add(new SampleChunk("0000000001-1700000000000-novel.clip", 0, 1, 0, 1, new byte[] { 1 }).Write());
        clips.Add(new SampleChunk("0000000002-1700000000000-asked.clip", 0, 2, 0, 1, new byte[] { 2 }).Write());
        Assert.False(clips.IsComplete);
        clips.Add(new SampleChunk("0000000003-1700000000000-asked.clip", 1, 2, 0, 2, new byte[] { 3, 3 }).Write());
        clips.Add(new SampleChunk("0000000003-1700000000000-asked.clip", 1, 2, 0, 0, default).Write());

        Assert.True(clips.IsComplete);
        Assert.Equal("0000000002-1700000000000-asked.clip", Assert.Single(clips.Whole()).Name);
    }

    [Fact]
    public void What_is_no_number_is_missing_in_the_recording_and_null_beside_it()
    {
        CapturedAnswer answer = SampleClips.Channels.Answers[0];
        CapturedClip clip = SampleClips.Channels with
        {
            Frames =
            [
                new CapturedFrame(1_700_000_000_000, 0, new[] { 20.5, double.NaN }, default),
                new CapturedFrame(1_700_000_000_200, 0.2, new[] { double.NegativeInfinity, 1e-9 }, default),
            ],
            Answers = [answer with { Score = double.NaN }, answer with { N = 42, Score = 0.5 }],
        };

        string recording = ClipFiles.Write(_cli["captured"], "pump-7", clip);

        Assert.Equal(["unix_ms,seconds,x[Cel],y", "1700000000000,0,20.5,", "1700000000200,0.2,,1E-09"], File.ReadAllLines(recording));
        JsonArray answers = JsonNode.Parse(File.ReadAllText(_cli["captured/pump-7.json"]))!["answers"]!.AsArray();
        Assert.Equal([null, 0.5], answers.Select(answer => (double?)answer!["score"]));
        Assert.Equal(ClipCodec.Write(clip), File.ReadAllBytes(_cli["captured/pump-7.clip"]));
    }

    private static byte[] Piece(byte[] clip, int number)
    {
        int offset = number * SampleChunk.MostBytes;
        byte[] data = clip[offset..Math.Min(clip.Length, offset + SampleChunk.MostBytes)];
        return new SampleChunk(Name, 0, 1, offset, clip.Length, data).Write();
    }
}
