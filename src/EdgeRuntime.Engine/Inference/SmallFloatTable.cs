using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Inference;

/// <summary>All values of a float of 8 or 4 bits, to find the nearest one.</summary>
/// <remarks>
/// Rounds to nearest, ties to the even code, and saturates at the largest finite value, as ONNX Cast does by default.
/// NaN stays NaN where the type has one, and is 0 where it has none.
/// </remarks>
internal sealed class SmallFloatTable
{
    private readonly float[] _values;
    private readonly byte[] _ascending;
    private readonly byte _nan;

    private SmallFloatTable(int bits, Func<int, double> value)
    {
        _values = new float[1 << bits];
        List<byte> finite = [];
        for (int code = 0; code < _values.Length; code++)
        {
            _values[code] = (float)value(code);
            if (float.IsNaN(_values[code]))
            {
                // Of several the one without a sign, which comes first.
                _nan = _nan == 0 ? (byte)code : _nan;
            }
            else if (float.IsFinite(_values[code]) && (_values[code] != 0 || code == 0))
            {
                finite.Add((byte)code);
            }
        }

        // Without -0, so that there is one code for every value.
        _ascending = [.. finite.OrderBy(code => _values[code])];
    }

    /// <summary>The table of a type, or null when it is none of these.</summary>
    public static SmallFloatTable? For(TensorElement element) => element switch
    {
        TensorElement.Float8E4M3FN => new SmallFloatTable(8, code => SmallFloats.FromE4M3FN((byte)code)),
        TensorElement.Float8E4M3FNUZ => new SmallFloatTable(8, code => SmallFloats.FromE4M3FNUZ((byte)code)),
        TensorElement.Float8E5M2 => new SmallFloatTable(8, code => SmallFloats.FromE5M2((byte)code)),
        TensorElement.Float8E5M2FNUZ => new SmallFloatTable(8, code => SmallFloats.FromE5M2FNUZ((byte)code)),
        TensorElement.Float4E2M1 => new SmallFloatTable(4, SmallFloats.FromE2M1),
        TensorElement.Float8E8M0 => new SmallFloatTable(8, code => SmallFloats.FromE8M0((byte)code)),
        _ => null,
    };

    /// <summary>The value of a code.</summary>
    public float Value(int code) => _values[code];

    /// <summary>The code of the value nearest to a number.</summary>
    public byte Nearest(float number)
    {
        if (float.IsNaN(number))
        {
            return _nan;
        }

        // The first place whose value is not below the number.
        int low = 0;
        int high = _ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_values[_ascending[middle]] < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0 || low == _ascending.Length)
        {
            return _ascending[low == 0 ? 0 : low - 1];
        }

        byte above = _ascending[low];
        byte below = _ascending[low - 1];
        double up = (double)_values[above] - number;
        double down = (double)number - _values[below];
        return up < down || (up == down && above % 2 == 0) ? above : below;
    }
}
