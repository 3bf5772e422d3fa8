using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Checks a file against promised length and hashes while it arrives. Not thread-safe.</summary>
public sealed class TargetHash : IDisposable
{
    private readonly TargetFile _target;
    private readonly List<(string Algorithm, IncrementalHash Hash)> _hashes = [];

    /// <exception cref="TufException">None of the hashes promised is of an algorithm that is known here.</exception>
    public TargetHash(TargetFile target)
    {
        _target = target;
        foreach (string algorithm in Known(target.Hashes))
        {
            _hashes.Add((algorithm, IncrementalHash.CreateHash(NameOf(algorithm))));
        }

        if (_hashes.Count == 0)
        {
            throw new TufException(TufFault.ArbitrarySoftware, $"{target.Path}: {NoneKnown(target.Hashes)}");
        }
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="TufException">They are more than promised.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (Length > _target.Length)
        {
            throw new TufException(
                TufFault.EndlessData, $"{_target.Path}: has more than the {_target.Length} bytes promised");
        }

        foreach ((_, IncrementalHash hash) in _hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="TufException">It is not the one promised.</exception>
    public void Finish()
    {
        if (Length < _target.Length)
        {
            throw new TufException(
                TufFault.ArbitrarySoftware, $"{_target.Path}: ends after {Length} of the {_target.Length} bytes promised");
        }

        foreach ((string algorithm, IncrementalHash hash) in _hashes)
        {
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != _target.Hashes[algorithm])
            {
                throw new TufException(
                    TufFault.ArbitrarySoftware, $"{_target.Path}: does not have the {algorithm} promised");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hashes.ForEach(entry => entry.Hash.Dispose());

    /// <summary>Compares bytes with hashes.</summary>
    /// <returns>Null when every one of a known algorithm fits, and there is one; else what is wrong.</returns>
    public static string? Differs(ReadOnlySpan<byte> bytes, IReadOnlyDictionary<string, string> hashes)
    {
        string[] known = [.. Known(hashes)];
        foreach (string algorithm in known)
        {
            byte[] hash = algorithm == "sha512" ? SHA512.HashData(bytes) : SHA256.HashData(bytes);
            if (Convert.ToHexStringLower(hash) != hashes[algorithm])
            {
                return $"does not have the {algorithm} promised";
            }
        }

        return known.Length == 0 ? NoneKnown(hashes) : null;
    }

    private static IEnumerable<string> Known(IReadOnlyDictionary<string, string> hashes) =>
        ((string[])["sha256", "sha512"]).Where(hashes.ContainsKey);

    private static string NoneKnown(IReadOnlyDictionary<string, string> hashes) =>
        $"none of its {hashes.Count} hashes is sha256 or sha512, which are the ones known here";

    private static HashAlgorithmName NameOf(string algorithm) =>
        algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
}
