using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>The pictures of a folder in memory, compressed as they are, and the decoders for them.</summary>
internal sealed class PictureFolder : IDisposable
{
    private const int MostMistakes = 20;
    private const int MostPictures = 1_000_000;

    // What deflate can make of one byte at most.
    private const int MostExpansion = 1032;

    private readonly List<byte[]> _files = [];
    private readonly List<string> _names = [];
    private readonly List<string> _mistakes = [];
    private readonly string _path;
    private JpegDecoder? _jpeg;
    private PngDecoder? _png;
    private int _width;
    private int _height;
    private long _more;
    private int _largestPng;
    private long _largestScanlines;

    private PictureFolder(string path) => _path = path;

    /// <summary>How many there are; at least 1.</summary>
    public int Count => _files.Count;

    /// <summary>Size and colours of each.</summary>
    public ImageFormat Format { get; private set; } = new(1, 1, PixelFormat.Gray8);

    /// <exception cref="RecordingException">There is no picture, or some cannot be replayed; says which and why.</exception>
    /// <exception cref="IOException">The folder cannot be read, or a library for its pictures is absent.</exception>
    public static PictureFolder Load(PictureReplayOptions options)
    {
        PictureFolder folder = new(options.Path);
        try
        {
            folder.Read(options);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Decodes a picture. Allocates nothing where it is sound.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    public void Decode(int index, Span<byte> pixels)
    {
        byte[] file = _files[index];
        string? wrong = JpegDecoder.Begins(file) ? _jpeg!.Decode(file, Format, pixels) : _png!.Decode(file, Format, pixels);
        if (wrong is not null)
        {
            throw new IOException($"{Path.Combine(_path, _names[index])}: {wrong}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _jpeg?.Dispose();

    private static bool IsPicture(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";

    private void Read(PictureReplayOptions options)
    {
        List<FileInfo> found = [.. new DirectoryInfo(_path).EnumerateFiles().Where(file => IsPicture(file.Name)).Take(MostPictures + 1)];
        if (found.Count == 0)
        {
            throw new RecordingException(_path, ["there is no .png, .jpg or .jpeg file in this folder"]);
        }

        if (found.Count > MostPictures)
        {
            throw new RecordingException(_path, [$"there are more than {MostPictures} pictures in this folder"]);
        }

        long bytes = found.Sum(file => file.Length);
        if (bytes > options.MaxBytes)
        {
            throw new RecordingException(_path, [$"the pictures have {bytes} bytes together; raise max_bytes above {options.MaxBytes} or take some away"]);
        }

        foreach (FileInfo file in found.OrderBy(file => file.Name, new NaturalOrder()))
        {
            Add(file);
        }

        if (_more > 0)
        {
            _mistakes.Add($"and {_more} more mistakes");
        }

        if (_mistakes.Count > 0)
        {
            throw new RecordingException(_path, _mistakes);
        }

        Format = new ImageFormat(_width, _height, options.Pixels);
        _png = _largestPng > 0 ? new PngDecoder(_largestPng, checked((int)_largestScanlines)) : null;
    }

    private void Add(FileInfo file)
    {
        byte[] content = File.ReadAllBytes(file.FullName);
        if (SizeOf(content, out int width, out int height) is string wrong)
        {
            Mistake(file.Name, wrong);
            return;
        }

        if (_width == 0)
        {
            (_width, _height) = (width, height);
        }
        else if (width != _width || height != _height)
        {
            Mistake(file.Name, $"it is {width} x {height} pixels large and the first picture {_width} x {_height}; they must be alike");
        }

        _files.Add(content);
        _names.Add(file.Name);
    }

    private string? SizeOf(byte[] content, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (JpegDecoder.Begins(content))
        {
            _jpeg ??= JpegDecoder.Create();
            return _jpeg.ReadSize(content, ImageFormat.LargestSide, out width, out height);
        }

        if (!PngHeader.Begins(content))
        {
            return "it is neither a PNG nor a JPEG picture";
        }

        if (PngHeader.Read(content, ImageFormat.LargestSide, out PngHeader header) is string wrong)
        {
            return wrong;
        }

        // A file of a few bytes could otherwise ask for the memory of the largest picture.
        if (PngDecoder.ScanlineBytes(header) / MostExpansion > content.Length)
        {
            return $"it says it is {header.Width} x {header.Height} pixels large, which {content.Length} bytes cannot hold";
        }

        (width, height) = (header.Width, header.Height);
        _largestPng = Math.Max(_largestPng, content.Length);
        _largestScanlines = Math.Max(_largestScanlines, PngDecoder.ScanlineBytes(header));
        return null;
    }

    private void Mistake(string name, string sentence)
    {
        if (_mistakes.Count < MostMistakes)
        {
            _mistakes.Add($"{name}: {sentence}");
        }
        else
        {
            _more++;
        }
    }
}
