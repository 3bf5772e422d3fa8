using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Signing and checking as DSSE v1 defines it: what is signed binds the bytes to what they claim to be.</summary>
public static class Dsse
{
    /// <summary>Signatures looked at in one envelope; more make it invalid, so that checking stays cheap.</summary>
    public const int MaxSignatures = 8;

    /// <summary>What a signature covers: <c>DSSEv1 len(type) type len(payload) payload</c>, lengths in bytes.</summary>
    public static byte[] PreAuthentication(string payloadType, ReadOnlySpan<byte> payload)
    {
        int typeBytes = Encoding.UTF8.GetByteCount(payloadType);
        byte[] head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {typeBytes} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }

    /// <summary>Signs bytes into an envelope that carries them.</summary>
    public static SignedEnvelope Seal(string payloadType, byte[] payload, SigningKey key) => new()
    {
        PayloadType = payloadType,
        Payload = payload,
        Signatures = [Sign(payloadType, payload, key)],
    };

    /// <summary>Signs bytes that travel elsewhere.</summary>
    public static EnvelopeSignature Sign(string payloadType, ReadOnlySpan<byte> payload, SigningKey key) => new()
    {
        Keyid = key.Public.KeyId,
        Sig = key.Sign(PreAuthentication(payloadType, payload)),
    };

    /// <summary>Which trusted keys signed these bytes as being of this type.</summary>
    /// <returns>Key ids, each once; empty when no trusted key did, or there are over <see cref="MaxSignatures"/>.</returns>
    public static IReadOnlyList<string> Verify(
        string payloadType,
        ReadOnlySpan<byte> payload,
        IReadOnlyList<EnvelopeSignature> signatures,
        IEnumerable<VerifyingKey> trusted)
    {
        if (signatures.Count > MaxSignatures)
        {
            return [];
        }

        byte[] signed = PreAuthentication(payloadType, payload);
        List<string> signers = [];
        foreach (VerifyingKey key in trusted)
        {
            foreach (EnvelopeSignature signature in signatures)
            {
                // The key id is only a hint which key to try; what convinces is the signature itself.
                if (signature.Keyid == key.KeyId && !signers.Contains(key.KeyId) && key.Verify(signed, signature.Sig))
                {
                    signers.Add(key.KeyId);
                }
            }
        }

        return signers;
    }

    /// <summary>Takes the payload out of an envelope that a trusted key signed as being of this type.</summary>
    /// <returns>False when the type is another, or no trusted key signed it; the bytes must then not be looked at.</returns>
    public static bool TryOpen(
        SignedEnvelope envelope,
        string payloadType,
        IEnumerable<VerifyingKey> trusted,
        out ReadOnlyMemory<byte> payload)
    {
        bool genuine = envelope.PayloadType == payloadType
            && Verify(payloadType, envelope.Payload, envelope.Signatures, trusted).Count > 0;
        payload = genuine ? envelope.Payload : default(ReadOnlyMemory<byte>);
        return genuine;
    }
}
