using System.IO.MemoryMappedFiles;

namespace EdgeRuntime.Fuzz;

/// <summary>The input being run, in a file that outlives the process: a crash is a finding that can be seen again.</summary>
internal sealed class LastInput : IDisposable
{
    private const int Room = 4 * 1024 * 1024;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private LastInput(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor();
    }

    public static LastInput Create(string output, string target)
    {
        Directory.CreateDirectory(output);
        return new LastInput(MemoryMappedFile.CreateFromFile(PathOf(output, target), FileMode.Create, null, Room));
    }

    /// <summary>Reads what a process that died was running.</summary>
    public static (long Number, byte[] Input) Read(string output, string target)
    {
        using FileStream file = File.OpenRead(PathOf(output, target));
        using BinaryReader reader = new(file);
        long number = reader.ReadInt64();
        return (number, reader.ReadBytes(Math.Clamp(reader.ReadInt32(), 0, Room - 12)));
    }

    public void Remember(long number, byte[] input)
    {
        _view.Write(0, number);
        _view.Write(8, input.Length);
        _view.WriteArray(12, input, 0, Math.Min(input.Length, Room - 12));
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static string PathOf(string output, string target) => Path.Combine(output, $"{target}.running");
}
