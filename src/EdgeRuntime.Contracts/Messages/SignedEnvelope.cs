namespace EdgeRuntime.Contracts.Messages;

/// <summary>A DSSE v1 envelope (github.com/secure-systems-lab/dsse): bytes, what they are, and who signed them.</summary>
/// <remarks>Signatures cover the pre-authentication encoding <c>DSSEv1 len(type) type len(payload) payload</c>.</remarks>
public sealed record SignedEnvelope
{
    /// <summary>Media type of the payload; part of what is signed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("payloadType")]
    public required string PayloadType { get; init; }

    /// <summary>The signed bytes, base64 in JSON.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<EnvelopeSignature> Signatures { get; init; }
}

/// <summary>One signature of an envelope.</summary>
public sealed record EnvelopeSignature
{
    /// <summary>SHA-256 of the public key's SubjectPublicKeyInfo, lowercase hex; a hint which key to try.</summary>
    public required string Keyid { get; init; }

    /// <summary>
    /// ECDSA P-256 over SHA-256 in IEEE P1363 form (64 bytes), or, of orders where the deploy role has such keys, RSA-PSS with SHA-256
    /// or Ed25519; base64 in JSON.
    /// </summary>
    public required byte[] Sig { get; init; }
}
