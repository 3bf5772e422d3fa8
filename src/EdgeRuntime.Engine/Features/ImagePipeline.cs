using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Turns pictures into a model's input as a package's manifest says; see <see cref="ImageSpec"/>.</summary>
/// <remarks>
/// Every picture is one sample. A row of the result is the weighted sum of rows of the source, each resized along the
/// row first; both sums run from the left and the top, in double. All memory is taken at construction. Not thread-safe.
/// </remarks>
public sealed class ImagePipeline : IPipeline
{
    private const int MostRows = 64;
    private const double LumaRed = 0.299;
    private const double LumaGreen = 0.587;
    private const double LumaBlue = 0.114;

    private readonly ImageFormat _source;
    private readonly ImageMapping _mapping;
    private readonly ImageTaps _across;
    private readonly ImageTaps _down;
    private readonly int _colours;
    private readonly int[] _places;
    private readonly bool _toGray;
    private readonly bool _isBlueFirst;
    private readonly bool _isBytes;
    private readonly int _pixelStride;
    private readonly int _colourStride;
    private readonly double _scale;
    private readonly double[] _mean;
    private readonly double[] _std;
    private readonly double[][] _rows;
    private readonly int[] _rowNumbers;
    private readonly double[] _sums;
    private readonly double[] _values = new double[2];
    private readonly float[] _input;
    private double _lumaSum;
    private double _lumaSquares;

    /// <summary>Prepares the way from a sensor's pictures to a tensor.</summary>
    /// <param name="spec">Of a manifest that was checked.</param>
    /// <exception cref="ArgumentException">The crop does not lie within the picture.</exception>
    public ImagePipeline(ImageSpec spec, ImageFormat source, string tensor)
    {
        _source = source;
        _mapping = new ImageMapping(spec, source);
        CropSpec crop = _mapping.Crop;
        string filter = spec.Resize ?? "bilinear";
        _across = new ImageTaps(
            filter, _mapping.SourceLeft, _mapping.SourceWidth, crop.Left, crop.Left + crop.Width, _mapping.Width);
        _down = new ImageTaps(
            filter, _mapping.SourceTop, _mapping.SourceHeight, crop.Top, crop.Top + crop.Height, _mapping.Height);
        _colours = spec.Colours();
        _toGray = _colours == 1 && source.Colours == 3;
        _isBlueFirst = (_toGray ? source.Pixels == PixelFormat.Bgr24 : spec.Colour == "bgr") && (_toGray || _colours == 3);
        _places = Places(spec, source);
        _isBytes = spec.Element == "uint8";
        bool interleaved = spec.Layout == "nhwc";
        _pixelStride = interleaved ? _colours : 1;
        _colourStride = interleaved ? 1 : spec.Width * spec.Height;
        _scale = spec.Scale ?? 1;
        _mean = [.. spec.Mean ?? Enumerable.Repeat(0.0, _colours)];
        _std = [.. spec.Std ?? Enumerable.Repeat(1.0, _colours)];
        _rows = new double[Math.Clamp(_down.Longest, 2, MostRows)][];
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = new double[_mapping.Width * _colours];
        }

        _rowNumbers = new int[_rows.Length];
        _sums = new double[_mapping.Width * _colours];
        _input = new float[spec.Elements()];
        Layout = [new InputSlice(tensor, 0, _input.Length)];
        FillPad(spec.Pad ?? 114);
    }

    /// <summary><see cref="ImageSpec.Brightness"/> and <see cref="ImageSpec.Contrast"/>.</summary>
    public IReadOnlyList<string> Names { get; } = [ImageSpec.Brightness, ImageSpec.Contrast];

    /// <inheritdoc/>
    public ReadOnlySpan<double> Values => _values;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Input => _input;

    /// <inheritdoc/>
    public IReadOnlyList<InputSlice> Layout { get; }

    /// <summary>Always 0: a picture has all its pixels.</summary>
    public int MissingElements => 0;

    /// <summary>Always false.</summary>
    public bool MustDrop => false;

    /// <summary>Where the tensor's pixels lie in the sensor's picture.</summary>
    public ImageMapping Mapping => _mapping;

    /// <inheritdoc/>
    public bool Push(Frame frame) => Push(frame.Pixels);

    /// <summary>Takes one picture. Allocates nothing.</summary>
    /// <param name="pixels">In the sensor's format.</param>
    /// <returns>True.</returns>
    /// <exception cref="ArgumentException">They are not as many as the format says.</exception>
    public bool Push(ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != _source.Bytes)
        {
            ThrowShape(pixels.Length);
        }

        Array.Fill(_rowNumbers, -1);
        _lumaSum = 0;
        _lumaSquares = 0;
        for (int y = 0; y < _mapping.Height; y++)
        {
            Array.Clear(_sums);
            int first = _down.First(y);
            ReadOnlySpan<double> weights = _down.Weights(y);
            for (int i = 0; i < weights.Length; i++)
            {
                double weight = weights[i];
                ReadOnlySpan<double> row = Row(pixels, first + i);
                for (int j = 0; j < _sums.Length; j++)
                {
                    _sums[j] += weight * row[j];
                }
            }

            Write(y);
        }

        int count = _mapping.Width * _mapping.Height;
        _values[0] = _lumaSum / count;
        _values[1] = Math.Sqrt(Math.Max(0, (_lumaSquares / count) - (_values[0] * _values[0])));
        return true;
    }

    /// <summary>Does nothing: no picture depends on the one before.</summary>
    public void Reset()
    {
    }

    // As many rows are kept as one of the result is made of, to a bound: neighbouring rows of the result share them.
    private ReadOnlySpan<double> Row(ReadOnlySpan<byte> pixels, int number)
    {
        int slot = number % _rows.Length;
        double[] row = _rows[slot];
        if (_rowNumbers[slot] == number)
        {
            return row;
        }

        _rowNumbers[slot] = number;
        int colours = _source.Colours;
        ReadOnlySpan<byte> line = pixels.Slice(number * _source.Width * colours, _source.Width * colours);
        for (int x = 0, to = 0; x < _mapping.Width; x++, to += _colours)
        {
            ReadOnlySpan<byte> from = line[(_across.First(x) * colours)..];
            ReadOnlySpan<double> weights = _across.Weights(x);
            for (int c = 0; c < _colours; c++)
            {
                int place = _places[c];
                double sum = 0;
                for (int i = 0, at = 0; i < weights.Length; i++, at += colours)
                {
                    sum += weights[i] * (_toGray ? Luma(from[at], from[at + 1], from[at + 2]) : from[at + place]);
                }

                row[to + c] = sum;
            }
        }

        return row;
    }

    private void Write(int y)
    {
        int to = (((y + _mapping.Top) * _mapping.TensorWidth) + _mapping.Left) * _pixelStride;
        for (int x = 0; x < _mapping.Width; x++, to += _pixelStride)
        {
            ReadOnlySpan<double> pixel = _sums.AsSpan(x * _colours, _colours);
            double luma = _colours == 1 ? pixel[0] : Luma(pixel[0], pixel[1], pixel[2]);
            _lumaSum += luma;
            _lumaSquares += luma * luma;
            for (int c = 0; c < pixel.Length; c++)
            {
                _input[to + (c * _colourStride)] = Element(pixel[c], c);
            }
        }
    }

    private float Element(double value, int colour) => _isBytes
        ? (float)Math.Clamp(Math.Floor(value + 0.5), 0, 255)
        : (float)(((value * _scale) - _mean[colour]) / _std[colour]);

    private double Luma(double first, double second, double third) => _isBlueFirst
        ? (LumaRed * third) + (LumaGreen * second) + (LumaBlue * first)
        : (LumaRed * first) + (LumaGreen * second) + (LumaBlue * third);

    private void FillPad(double pad)
    {
        for (int pixel = 0; pixel < _input.Length / _colours; pixel++)
        {
            for (int c = 0; c < _colours; c++)
            {
                _input[(pixel * _pixelStride) + (c * _colourStride)] = Element(pad, c);
            }
        }
    }

    // Which byte of a source's pixel each colour of the tensor is.
    private static int[] Places(ImageSpec spec, ImageFormat source)
    {
        if (source.Colours == 1 || spec.Colours() == 1)
        {
            return new int[spec.Colours()];
        }

        bool same = (spec.Colour == "bgr") == (source.Pixels == PixelFormat.Bgr24);
        return same ? [0, 1, 2] : [2, 1, 0];
    }

    [DoesNotReturn]
    private void ThrowShape(int length) => throw new ArgumentException(
        $"the picture has {length} bytes; the pipeline is bound to {_source}, which has {_source.Bytes}");
}
