using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Fuzz.Mutation;

/// <summary>
/// Changes a tar block by block, or one file in it with size, checksum and the manifest's hash put right again, so that
/// the change reaches the readers behind the checks.
/// </summary>
internal static class ArchiveMutation
{
    private const int Block = 512;

    private sealed record Entry(byte[] Header, byte[] Content)
    {
        public string Name => Encoding.Latin1.GetString(Header, 0, Math.Max(0, Array.IndexOf(Header, (byte)0, 0, 100)));
    }

    public static byte[] Change(byte[] input, byte[] other, Words words, Random random)
    {
        List<Entry> entries = Parse(input);
        if (entries.Count == 0)
        {
            return ByteMutation.Havoc(input, other, words, random);
        }

        int at = random.Next(entries.Count);
        switch (random.Next(8))
        {
            case 0:
                entries.RemoveAt(at);
                break;
            case 1:
                entries.Insert(random.Next(entries.Count), entries[at]);
                break;
            case 2:
                int to = random.Next(entries.Count);
                (entries[at], entries[to]) = (entries[to], entries[at]);
                break;
            case 3:
                entries[at] = entries[at] with { Header = ByteMutation.Havoc(entries[at].Header, [], words, random) };
                break;
            case 4:
                byte[] header = [.. entries[at].Header];
                header[random.Next(Block)] = (byte)random.Next(256);
                entries[at] = entries[at] with { Header = Summed(header) };
                break;
            default:
                ChangeContent(entries, at, words, random);
                break;
        }

        return Write(entries);
    }

    private static void ChangeContent(List<Entry> entries, int at, Words words, Random random)
    {
        Entry entry = entries[at];
        bool json = entry.Name.EndsWith(".json", StringComparison.Ordinal);
        byte[] changed = json
            ? JsonMutation.Change(entry.Content, entry.Content, words, random)
            : ByteMutation.Havoc(entry.Content, [], words, random);
        entries[at] = Sized(entry, changed);
        if (at > 0 && entries[0].Name == "manifest.json")
        {
            string manifest = Encoding.Latin1.GetString(entries[0].Content)
                .Replace(Hash(entry.Content), Hash(changed), StringComparison.Ordinal)
                .Replace(Size(entry.Content), Size(changed), StringComparison.Ordinal);
            entries[0] = Sized(entries[0], Encoding.Latin1.GetBytes(manifest));
        }
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Size(byte[] content) => string.Create(CultureInfo.InvariantCulture, $"\"size\": {content.Length},");

    private static Entry Sized(Entry entry, byte[] content)
    {
        byte[] header = [.. entry.Header];
        Encoding.ASCII.GetBytes(Convert.ToString(content.Length, 8).PadLeft(11, '0'), header.AsSpan(124));
        return new Entry(Summed(header), content);
    }

    private static byte[] Summed(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header.AsSpan(148));
        return header;
    }

    private static List<Entry> Parse(byte[] archive)
    {
        List<Entry> entries = [];
        int at = 0;
        while (at + Block <= archive.Length && archive[at] != 0)
        {
            byte[] header = archive[at..(at + Block)];
            long size = 0;
            foreach (byte digit in header.AsSpan(124, 11))
            {
                size = (size * 8) + (digit & 7);
            }

            long end = at + Block + size;
            if (end > archive.Length)
            {
                break;
            }

            entries.Add(new Entry(header, archive[(at + Block)..(int)end]));
            at = (int)((end + Block - 1) / Block * Block);
        }

        return entries;
    }

    private static byte[] Write(List<Entry> entries)
    {
        using MemoryStream archive = new();
        foreach (Entry entry in entries)
        {
            archive.Write(entry.Header);
            archive.Write(entry.Content);
            while (archive.Length % Block != 0)
            {
                archive.WriteByte(0);
            }
        }

        archive.Write(new byte[2 * Block]);
        return archive.ToArray();
    }
}
