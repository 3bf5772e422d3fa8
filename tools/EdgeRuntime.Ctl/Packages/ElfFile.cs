using System.Buffers.Binary;
using System.Text;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>What a program or a library in the form of Linux (ELF, 64 bits, low byte first) asks of the machine that starts it.</summary>
/// <param name="Architecture">As packages call it, such as <c>arm64</c>; null for one that they have no name for.</param>
/// <param name="Glibc">Newest version of the C library whose symbols it uses; null for none.</param>
internal sealed record ElfFile(string? Architecture, Version? Glibc)
{
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;
    private const uint VersionNeeds = 0x6fff_fffe; // SHT_GNU_verneed
    private const int MostNeeds = 4096;
    private const int LongestName = 64;
    private const string GlibcPrefix = "GLIBC_";

    /// <summary>Reads a file; null for one that is no such program or library.</summary>
    public static ElfFile? Read(ReadOnlySpan<byte> file)
    {
        const byte SixtyFourBits = 2, LowByteFirst = 1;
        if (file.Length < HeaderBytes || !file.StartsWith("\u007fELF"u8) || file[4] != SixtyFourBits || file[5] != LowByteFirst)
        {
            return null;
        }

        string? architecture = Half(file, 18) switch
        {
            62 => "x64",
            183 => "arm64",
            243 => "riscv64",
            258 => "loongarch64",
            _ => null,
        };
        return new ElfFile(architecture, NewestGlibc(file));
    }

    private static Version? NewestGlibc(ReadOnlySpan<byte> file)
    {
        long sections = Long(file, 0x28);
        int count = Half(file, 0x3C);
        for (int i = 0; i < count; i++)
        {
            // A file has one such section.
            if (Section(file, sections, i) is { IsEmpty: false } section && Word(section, 4) == VersionNeeds)
            {
                ReadOnlySpan<byte> names = Content(file, Section(file, sections, Word(section, 40)));
                return Needs(Content(file, section), names)
                    .Where(name => name.StartsWith(GlibcPrefix, StringComparison.Ordinal))
                    .Select(name => Version.TryParse(name.AsSpan(GlibcPrefix.Length), out Version? version) ? version : null)
                    .Max();
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> file, long sections, long number) =>
        Slice(file, sections + (number * SectionBytes), SectionBytes);

    // Elf64_Verneed: version, count (2 bytes each), file, first, next (4 each). Elf64_Vernaux: hash (4), flags, other (2 each), name, next (4 each).
    private static List<string> Needs(ReadOnlySpan<byte> needs, ReadOnlySpan<byte> names)
    {
        List<string> found = [];
        long at = 0;
        for (long next = -1; next != 0 && Slice(needs, at, 16) is { IsEmpty: false } need; at += next)
        {
            long symbol = at + Word(need, 8);
            for (int left = Half(need, 2); left > 0 && Slice(needs, symbol, 16) is { IsEmpty: false } version; left--)
            {
                // Whoever writes records that lie over each other gets no more than this.
                if (found.Count == MostNeeds)
                {
                    return found;
                }

                found.Add(TextAt(names, Word(version, 8)));
                symbol += Word(version, 12);
            }

            next = Word(need, 12);
        }

        return found;
    }

    private static string TextAt(ReadOnlySpan<byte> names, long at)
    {
        ReadOnlySpan<byte> rest = Slice(names, at, names.Length - at);
        int end = rest[..Math.Min(rest.Length, LongestName)].IndexOf((byte)0);
        return end < 0 ? "" : Encoding.Latin1.GetString(rest[..end]);
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file, ReadOnlySpan<byte> section) =>
        section.IsEmpty ? default : Slice(file, Long(section, 24), Long(section, 32));

    // Nothing where the file does not reach so far: what is not there asks for nothing.
    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, long at, long length) =>
        at >= 0 && length >= 0 && at <= bytes.Length && length <= bytes.Length - at ? bytes.Slice((int)at, (int)length) : default;

    private static int Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
