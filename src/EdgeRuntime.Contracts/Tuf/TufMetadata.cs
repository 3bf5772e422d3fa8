using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>One signature of a metadata file.</summary>
/// <param name="KeyId">Whose it claims to be.</param>
/// <param name="Value">The signature's bytes, or null when they are not even hex.</param>
public sealed record TufSignature(string KeyId, byte[]? Value);

/// <summary>A metadata file whose form is right; who signed it is a question to ask of it.</summary>
public sealed class TufMetadata
{
    private readonly byte[] _canonical;

    internal TufMetadata(TufSignedPart signed, JsonValue tree, byte[] canonical, IReadOnlyList<TufSignature> signatures)
    {
        Signed = signed;
        Tree = tree;
        Signatures = signatures;
        _canonical = canonical;
    }

    /// <summary>What the signatures cover.</summary>
    public TufSignedPart Signed { get; }

    /// <summary>All signatures, each of another key id.</summary>
    public IReadOnlyList<TufSignature> Signatures { get; }

    /// <summary>The bytes that signatures cover.</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical;

    /// <summary>The whole file, members unknown here included.</summary>
    internal JsonValue Tree { get; }

    /// <summary>Checks that enough of a role's keys signed.</summary>
    /// <param name="role">Ids and threshold.</param>
    /// <param name="keys">Keys by id, from the same file as the role.</param>
    /// <returns>Null when enough did, else a sentence that says how many and why the others did not count.</returns>
    public string? Lacks(TufRole role, IReadOnlyDictionary<string, TufKey> keys)
    {
        HashSet<string> signers = new(StringComparer.Ordinal);
        List<string> reasons = [];
        foreach (string id in role.KeyIds)
        {
            TufSignature? signature = Signatures.FirstOrDefault(signature => signature.KeyId == id);
            if (signature is null)
            {
                continue;
            }

            // Counted by what the key is and not by what it is called, so that one key under two names counts once.
            if (!keys.TryGetValue(id, out TufKey? key))
            {
                reasons.Add($"key {Short(id)} is not listed");
            }
            else if (key.Unusable is string why)
            {
                reasons.Add($"key {Short(id)} does not count: {why}");
            }
            else if (signature.Value is not byte[] value || !key.Verify(_canonical, value))
            {
                reasons.Add($"the signature of key {Short(id)} is wrong");
            }
            else if (!signers.Add(key.Material))
            {
                reasons.Add($"key {Short(id)} is listed under another id too");
            }
        }

        if (signers.Count >= role.Threshold)
        {
            return null;
        }

        string because = reasons.Count == 0 ? "" : $": {string.Join("; ", reasons)}";
        return $"{signers.Count} of the {role.Threshold} signatures that it needs{because}";
    }

    // Ids come from the file: any text, of any length.
    private static string Short(string id) => JsonValue.Printable(id.Length <= 8 ? id : id[..8]);
}
