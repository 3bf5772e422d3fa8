using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Encryption;

/// <summary>A key of P-256 that <see cref="Hpke"/> encrypts for.</summary>
public sealed class HpkePrivateKey : IDisposable
{
    private readonly ECDiffieHellman _key;

    private HpkePrivateKey(ECDiffieHellman key)
    {
        _key = key;
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = [4, .. point.X!, .. point.Y!];
    }

    /// <summary>What others encrypt with, an uncompressed point; not to be changed.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Makes a new one.</summary>
    public static HpkePrivateKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The one that comes of a secret: DeriveKeyPair of RFC 9180, section 7.1.3.</summary>
    /// <param name="material">At least 32 bytes, as hard to guess as the key is to be.</param>
    public static HpkePrivateKey Derive(ReadOnlySpan<byte> material)
    {
        byte[] secret = Hpke.Extract("dkp_prk"u8, material);
        for (int counter = 0; counter <= byte.MaxValue; counter++)
        {
            byte[] candidate = Hpke.Expand(secret, "candidate"u8, [(byte)counter]);
            try
            {
                return new HpkePrivateKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = candidate }));
            }
            catch (CryptographicException)
            {
                // Zero, or not below the order of the curve: once in 2^32.
            }
        }

        throw new CryptographicException("no key of P-256 can be made here");
    }

    /// <summary>The shared coordinate with another key.</summary>
    /// <exception cref="CryptographicException">The other one is no public key.</exception>
    internal byte[] Agree(ReadOnlySpan<byte> other)
    {
        using ECDiffieHellman peer = Hpke.Import(other);
        return _key.DeriveRawSecretAgreement(peer.PublicKey);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
