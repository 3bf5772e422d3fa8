using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Whose signatures an order needs: keys of any kind that TUF knows, and how many of them must have signed. Thread-safe.</summary>
public sealed class OrderSigners
{
    private readonly IReadOnlyList<TufKey> _keys;
    private readonly int _threshold;

    private OrderSigners(IEnumerable<TufKey> keys, int threshold)
    {
        // By what a key is and not by what it is called, so that one key under two names counts once.
        _keys = [.. keys.Where(key => key.Unusable is null).DistinctBy(key => key.Material)];
        _threshold = threshold;
    }

    /// <summary>Nobody: no order is followed.</summary>
    public static OrderSigners Nobody { get; } = new([], 1);

    /// <summary>Any one of these keys.</summary>
    public static OrderSigners AnyOf(IEnumerable<VerifyingKey> keys) => new(keys.Select(TufKey.OfEcdsa), 1);

    /// <summary>As many keys of a role as its threshold says.</summary>
    /// <param name="keys">Keys by id, from the same file as the role.</param>
    public static OrderSigners Of(TufRole role, IReadOnlyDictionary<string, TufKey> keys) =>
        new(role.KeyIds.Select(id => keys.GetValueOrDefault(id)).OfType<TufKey>(), role.Threshold);

    /// <summary>How many keys there are to sign.</summary>
    public int Count => _keys.Count;

    /// <summary>Checks that enough keys signed the payload of an envelope as being of this type.</summary>
    /// <returns>Null when enough did, else a sentence; the payload must then not be looked at.</returns>
    public string? Lacks(SignedEnvelope envelope, string payloadType)
    {
        if (envelope.PayloadType != payloadType)
        {
            return $"the envelope holds '{envelope.PayloadType}' where '{payloadType}' is expected";
        }

        if (envelope.Signatures.Count > Dsse.MaxSignatures)
        {
            return $"it has {envelope.Signatures.Count} signatures; {Dsse.MaxSignatures} are looked at";
        }

        byte[] signed = Dsse.PreAuthentication(payloadType, envelope.Payload);
        int signers = _keys.Count(
            key => envelope.Signatures.Any(signature => signature.Keyid == key.EnvelopeId && key.VerifyEnvelope(signed, signature.Sig)));
        return signers >= _threshold ? null
            : signers == 0 ? "no deploy key that this device trusts signed it"
            : $"it has {signers} of the {_threshold} signatures of deploy keys that it needs";
    }
}
