namespace EdgeRuntime.Contracts.Packages;

/// <summary>A P-256 signature as the DER sequence of RFC 3279, which TUF and X.509 use, and as r and s side by side.</summary>
internal static class EcdsaDer
{
    /// <summary>Longest signature in DER: two numbers of 33 bytes, each with two bytes of head, and the sequence's two.</summary>
    public const int MaxBytes = 72;

    private const int NumberBytes = VerifyingKey.SignatureBytes / 2;
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;

    /// <summary>Reads DER; false when it is anything else, however close.</summary>
    /// <param name="fixedField">Shape [64]; r and s, big endian, on success.</param>
    public static bool TryRead(ReadOnlySpan<byte> der, Span<byte> fixedField)
    {
        // Every length here is below 128, so its one-byte form is the only one that DER allows.
        if (der.Length is < 8 or > MaxBytes || der[0] != Sequence || der[1] != der.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = der[2..];
        return TryReadInteger(ref rest, fixedField[..NumberBytes])
            && TryReadInteger(ref rest, fixedField[NumberBytes..])
            && rest.IsEmpty;
    }

    /// <summary>Writes r and s as DER.</summary>
    public static byte[] Write(ReadOnlySpan<byte> fixedField)
    {
        byte[] numbers = [.. Number(fixedField[..NumberBytes]), .. Number(fixedField[NumberBytes..])];
        return [Sequence, (byte)numbers.Length, .. numbers];
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> rest, Span<byte> number)
    {
        if (rest.Length < 3 || rest[0] != Integer || rest[1] == 0 || rest[1] > rest.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> value = rest.Slice(2, rest[1]);
        rest = rest[(2 + value.Length)..];
        bool negative = value[0] >= 0x80;
        bool padded = value[0] == 0 && value.Length > 1;
        if (negative || (padded && value[1] < 0x80))
        {
            return false;
        }

        value = padded ? value[1..] : value;
        if (value.Length > NumberBytes)
        {
            return false;
        }

        number.Clear();
        value.CopyTo(number[(NumberBytes - value.Length)..]);
        return true;
    }

    private static byte[] Number(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> digits = value.TrimStart((byte)0);
        byte[] positive = digits.IsEmpty || digits[0] >= 0x80 ? [0, .. digits] : digits.ToArray();
        return [Integer, (byte)positive.Length, .. positive];
    }
}
