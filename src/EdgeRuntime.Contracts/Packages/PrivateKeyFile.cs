using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Private keys as PEM (PKCS#8, not encrypted).</summary>
internal static class PrivateKeyFile
{
    private const string PemLabel = "PRIVATE KEY";
    private const string DevelopmentLabel = "EDGERUNTIME DEVELOPMENT PRIVATE KEY";

    /// <summary>Takes the PKCS#8 bytes out of PEM text. Whoever takes them clears them.</summary>
    /// <exception cref="FormatException">It holds no private key. A sentence for people.</exception>
    public static byte[] Read(string pem) => Read(pem, DevelopmentKeys.Refused, out _);

    /// <summary>As <see cref="Read(string)"/>, of a development key too where that is allowed.</summary>
    /// <exception cref="FormatException">It holds no private key of an allowed kind. A sentence for people.</exception>
    public static byte[] Read(string pem, DevelopmentKeys development, out bool isDevelopment)
    {
        if (!PemEncoding.TryFind(pem, out PemFields found))
        {
            throw new FormatException($"holds no '-----BEGIN {PemLabel}-----'");
        }

        ReadOnlySpan<char> label = pem.AsSpan()[found.Label];
        isDevelopment = label.SequenceEqual(DevelopmentLabel);
        if (isDevelopment && development == DevelopmentKeys.Refused)
        {
            throw new FormatException("holds a development key, which signs packages for devices of its own developers only");
        }

        return isDevelopment || label.SequenceEqual(PemLabel)
            ? Convert.FromBase64String(pem[found.Base64Data])
            : throw new FormatException($"holds a '{label}' where a '{PemLabel}' is expected");
    }

    /// <summary>Writes a key into a new file that only its owner can read, and clears the bytes.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public static void Write(string path, byte[] pkcs8, bool isDevelopment = false)
    {
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
            };
            if (!OperatingSystem.IsWindows())
            {
                // At creation, not afterwards: there must be no moment at which others can open it.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(path, options);
            file.Write(Encoding.ASCII.GetBytes(PemEncoding.WriteString(isDevelopment ? DevelopmentLabel : PemLabel, pkcs8) + "\n"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
