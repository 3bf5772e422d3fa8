using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Fuzz.Targets;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Protobuf;

/// <summary>Clips come over the broker: what they say becomes names of files and columns, and lines in a terminal.</summary>
public sealed class ClipCodecTests
{
    private static readonly CapturedClip Clip = SampleClips.Channels;

    [Fact]
    public void What_a_sensor_may_have_measured_is_read_back_though_it_is_no_number()
    {
        CapturedClip read = ClipCodec.Read(ClipCodec.Write(Clip));

        Assert.Equal(Clip.Channels, read.Channels);
        Assert.Equal(Clip.Answers, read.Answers);
        Assert.Equal(Clip.Frames.Select(frame => frame.Values.ToArray()), read.Frames.Select(frame => frame.Values.ToArray()));
        Assert.Equal(Clip.Frames.Select(frame => (frame.UnixMs, frame.Seconds)), read.Frames.Select(frame => (frame.UnixMs, frame.Seconds)));
    }

    [Fact]
    public void A_name_or_text_that_no_manifest_has_is_refused()
    {
        Assert.Equal("clip: a name is missing", Refused(Clip with { Model = "" }));
        Assert.Equal("clip: '../flow' is not a model name: use 1 to 63 of a-z, 0-9 and '-'", Refused(Clip with { Model = "../flow" }));
        Assert.Equal("clip: '1' is not a semantic version such as 1.2.0", Refused(Clip with { Version = "1" }));
        Assert.Equal("clip: two channels have one name", Refused(Clip with { Channels = [Clip.Channels[0], Clip.Channels[0]] }));
        Assert.Contains("'x,y' is not a name of a signal", Refused(With(Clip.Channels[0] with { Name = "x,y" })), StringComparison.Ordinal);
        Assert.Contains("is not a UCUM code", Refused(With(Clip.Channels[0] with { Unit = "a\nb" })), StringComparison.Ordinal);
        Assert.Equal("clip: a text holds a control character", Refused(With(Clip.Channels[0] with { Filter = "\u001b[2J" })));
        Assert.Equal("clip: a text holds a control character", Refused(Clip with { Answers = [Clip.Answers[0] with { Decision = "a\rb" }] }));
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Equal("clip: a frame has 2 values for 1 channels", Refused(Clip with { Channels = [Clip.Channels[0]] }));
        Assert.Equal("clip: a frame has no time", Refused(Clip with { Frames = [Clip.Frames[0] with { Seconds = double.NaN }] }));
        Assert.Equal("clip: the rate is no rate", Refused(Clip with { RateHz = 0 }));
        Assert.Equal("clip: a picture has not the size that it should have", Refused(Clip with { Frames = [Clip.Frames[0] with { Pixels = new byte[3] }] }));
    }

    [Fact]
    public void A_piece_of_a_clip_lies_within_it_at_its_own_place()
    {
        SampleChunk piece = new("0000000001-1700000000000-novel.clip", 0, 2, SampleChunk.MostBytes, SampleChunk.MostBytes + 3, new byte[] { 1, 2, 3 });

        SampleChunk read = SampleChunk.Read(piece.Write());

        Assert.Equal(piece with { Data = default }, read with { Data = default });
        Assert.Equal(piece.Data.ToArray(), read.Data.ToArray());
        Assert.Equal(0, SampleChunk.Read((piece with { Offset = 0, Length = 0, Data = default }).Write()).Length);
        Assert.All(
            [
                piece with { Number = 2 }, piece with { Offset = 0 }, piece with { Offset = 3, Length = 6 }, piece with { Data = default },
                piece with { Length = SampleChunk.MostBytes + 2 }, piece with { Length = long.MaxValue }, piece with { Offset = 0, Length = 0 },
            ],
            wrong => Assert.Contains("does not lie within", Assert.Throws<FormatException>(() => SampleChunk.Read(wrong.Write())).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../a.clip")]
    [InlineData("a/b.clip")]
    [InlineData("a\0.clip")]
    [InlineData("a\u001b[2J.clip")]
    public void A_piece_of_a_clip_with_a_name_that_no_file_may_have_is_refused(string name)
    {
        byte[] piece = new SampleChunk(name, 0, 1, 0, 1, new byte[] { 1 }).Write();

        Assert.Equal("sample chunk: its clip's name is none of a file", Assert.Throws<FormatException>(() => SampleChunk.Read(piece)).Message);
    }

    private static CapturedClip With(CapturedChannel first) => Clip with { Channels = [first, Clip.Channels[1]] };

    private static string Refused(CapturedClip clip) => Assert.Throws<FormatException>(() => ClipCodec.Read(ClipCodec.Write(clip))).Message;
}
