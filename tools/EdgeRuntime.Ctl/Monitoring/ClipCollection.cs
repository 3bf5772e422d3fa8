using EdgeRuntime.Contracts.Protobuf;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Puts clips together of the pieces in which they come, in any order and any number of times.</summary>
internal sealed class ClipCollection
{
    private const long LargestClip = 1L << 30;

    private readonly Dictionary<long, Clip> _clips = [];

    /// <summary>How many clips are to come; null before the first piece.</summary>
    public long? Expected { get; private set; }

    /// <summary>Whether all have come.</summary>
    public bool IsComplete => Expected is long expected && _clips.Count == expected && _clips.Values.All(clip => clip.IsWhole);

    /// <summary>Those that have come whole, in their order; clips that went before they could be sent are not among them.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Whole() =>
        _clips.OrderBy(clip => clip.Key).Where(clip => clip.Value is { IsWhole: true, Bytes.Length: > 0 }).Select(clip => (clip.Value.Name, clip.Value.Bytes));

    /// <summary>Takes one piece.</summary>
    /// <exception cref="FormatException">It is none, or contradicts another.</exception>
    public void Add(ReadOnlySpan<byte> message)
    {
        SampleChunk chunk = SampleChunk.Read(message);
        if (chunk.Length > LargestClip)
        {
            throw new FormatException($"clip '{chunk.Clip}' has {chunk.Length} bytes, more than the {LargestClip} that are read");
        }

        Expected ??= chunk.Clips;
        if (!_clips.TryGetValue(chunk.Number, out Clip? clip) || chunk.Length == 0)
        {
            clip = new Clip(chunk.Clip, chunk.Length);
            _clips[chunk.Number] = clip;
        }

        if (clip.Bytes.Length == chunk.Length && clip.Name == chunk.Clip)
        {
            chunk.Data.Span.CopyTo(clip.Bytes.AsSpan((int)chunk.Offset));
            clip.Have.Add(chunk.Offset);
            clip.Received += clip.Have.Count > clip.Counted ? chunk.Data.Length : 0;
            clip.Counted = clip.Have.Count;
        }
    }

    private sealed class Clip(string name, long length)
    {
        public string Name => name;

        public byte[] Bytes { get; } = new byte[length];

        public HashSet<long> Have { get; } = [];

        public int Counted { get; set; }

        public long Received { get; set; }

        public bool IsWhole => Received >= Bytes.Length;
    }
}
