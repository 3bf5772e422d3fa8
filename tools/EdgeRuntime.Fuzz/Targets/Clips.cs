using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Ctl.Monitoring;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Frames that a device kept, as whoever asked for them takes them in: the pieces, and the clip that they make.</summary>
internal static class Clips
{
    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "clip",
            About = "frames that a device kept, protobuf",
            Run = Clip,
            Refuses = e => e is FormatException,
            Seeds = () => [ClipCodec.Write(SampleClips.Channels), ClipCodec.Write(SampleClips.Pictures)],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
        },
        new Target
        {
            Name = "clip-piece",
            About = "a piece of a clip, put together with another",
            Run = Piece,
            Refuses = e => e is FormatException,
            Seeds = () => [new SampleChunk("0000000001-1700000000000-asked.clip", 0, 2, 0, 5, "bytes"u8.ToArray()).Write()],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            LargestInput = 1024,
        },
    ];

    private static bool Clip(byte[] bytes)
    {
        CapturedClip clip = ClipCodec.Read(bytes);
        byte[] written = ClipCodec.Write(clip);
        Promise.Require(ClipCodec.Write(ClipCodec.Read(written)).AsSpan().SequenceEqual(written), "writing and reading change it");
        Promise.Require(
            clip.Channels.All(channel => PackageNames.Signal(channel.Name) is null) && !clip.Answers.Any(answer => answer.Label.Any(char.IsControl)),
            "a text was accepted that is not safe to show");
        return true;
    }

    private static bool Piece(byte[] bytes)
    {
        ClipCollection clips = new();
        clips.Add(bytes);
        clips.Add(bytes);
        SampleChunk chunk = SampleChunk.Read(bytes);
        Promise.Require(clips.Expected == chunk.Clips, "another number of clips is waited for");
        Promise.Require(clips.IsComplete == (chunk.Clips == 1 && chunk.Data.Length == chunk.Length), "a part is taken for the whole");
        foreach ((string name, byte[] whole) in clips.Whole())
        {
            Promise.Require(name == Path.GetFileName(name) && name[0] != '.', "a name leads elsewhere");
            Promise.Require(whole.AsSpan().SequenceEqual(chunk.Data.Span), "the clip is another");
        }

        return true;
    }
}
