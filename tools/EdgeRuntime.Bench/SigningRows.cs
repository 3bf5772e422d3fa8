using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Bench;

/// <summary>Rows about signatures: TUF's own conformance suite over edgectl, and the vectors of project Wycheproof.</summary>
internal static partial class SigningRows
{
    private const string Conformance = "tuf-conformance: cases that do not pass";
    private const string Suite = "EDGE_TUF_CONFORMANCE";

    private delegate bool Verifier(byte[] message, byte[] signature);

    /// <param name="ctl">The built edgectl; null when there is none.</param>
    /// <param name="material">The test material; null where it is absent.</param>
    public static void Add(string? ctl, string? material, Figures figures)
    {
        figures.Add(Conforms(ctl));
        figures.Add(Vectors(material, "ECDSA P-256 (DER)", "ecdsa_secp256r1_sha256_test.json", group =>
        {
            VerifyingKey key = VerifyingKey.FromPem(group.GetProperty("publicKeyPem").GetString()!)[0];
            return (message, signature) => key.VerifyDer(message, signature);
        }));
        figures.Add(Vectors(material, "ECDSA P-256 (P1363)", "ecdsa_secp256r1_sha256_p1363_test.json", group =>
        {
            VerifyingKey key = VerifyingKey.FromPem(group.GetProperty("publicKeyPem").GetString()!)[0];
            return (message, signature) => key.Verify(message, signature);
        }));
        figures.Add(Vectors(material, "Ed25519", "ed25519_test.json", group =>
        {
            TufKey key = TufKey.OfEd25519(Convert.FromHexString(group.GetProperty("publicKey").GetProperty("pk").GetString()!));
            return (message, signature) => key.Verify(message, signature);
        }));
    }

    private static Figure Conforms(string? ctl)
    {
        if (Environment.GetEnvironmentVariable(Suite) is not { Length: > 0 } suite || ctl is null)
        {
            string why = ctl is null ? "no edgectl" : $"not measured: {Suite} names no copy of theupdateframework/tuf-conformance";
            return new Figure(Conformance, null, "cases", why, 0);
        }

        // The suite's own 'make dev' makes this one.
        string own = Path.Combine(suite, "env/bin/python");
        (int code, string said, string complaint) = Programs.Words(
            File.Exists(own) ? own : "python3",
            ["-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", suite, Path.Combine(suite, "tuf_conformance"), "--entrypoint", $"{ctl} tuf"]);
        int passed = Count(Passed(), said);
        int other = Count(Failed(), said) + Count(Errors(), said);
        return passed == 0
            ? new Figure(Conformance, null, "cases", $"not measured: the suite in {suite} did not run: {(complaint + said).Trim().Split('\n')[^1]}", 0)
            : new Figure(
                Conformance, code == 0 ? other : Math.Max(1, other), "cases",
                $"{passed} of {passed + other} pass; the suite unchanged, over 'edgectl tuf', which is the device's own client", 0);
    }

    private static Figure Vectors(string? material, string kind, string file, Func<JsonElement, Verifier> key)
    {
        string name = $"wycheproof {kind}: vectors judged wrongly";
        string path = Path.Combine(material ?? "", "wycheproof", file);
        if (material is null || !File.Exists(path))
        {
            return new Figure(name, null, "vectors", "no material", 0);
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        int wrong = 0;
        int valid = 0;
        int invalid = 0;
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            Verifier verify = key(group);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool expected = test.GetProperty("result").GetString() == "valid";
                byte[] message = Convert.FromHexString(test.GetProperty("msg").GetString()!);
                wrong += verify(message, Convert.FromHexString(test.GetProperty("sig").GetString()!)) == expected ? 0 : 1;
                valid += expected ? 1 : 0;
                invalid += expected ? 0 : 1;
            }
        }

        return new Figure(name, wrong, "vectors", $"{valid} valid ones to accept, {invalid} invalid ones to refuse", 0);
    }

    private static int Count(Regex pattern, string said) =>
        pattern.Match(said) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(\d+) passed")]
    private static partial Regex Passed();

    [GeneratedRegex(@"(\d+) failed")]
    private static partial Regex Failed();

    [GeneratedRegex(@"(\d+) error")]
    private static partial Regex Errors();
}
