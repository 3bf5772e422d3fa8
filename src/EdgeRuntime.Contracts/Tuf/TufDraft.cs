using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// A metadata file in the making: edited as a tree, so that members unknown here survive, then signed by one key after
/// another, perhaps on other machines. Immutable; an edit leaves the signatures behind.
/// </summary>
public sealed record TufDraft
{
    private const string SpecVersion = "1.0.34";

    private readonly JsonValue _envelope;
    private readonly JsonValue _signed;
    private readonly IReadOnlyList<TufSignature> _signatures;

    // The envelope holds what stands beside the two, of which nothing is known here.
    private TufDraft(JsonValue envelope, JsonValue signed, IReadOnlyList<TufSignature> signatures)
    {
        _envelope = envelope;
        _signed = signed;
        _signatures = signatures;
    }

    /// <summary>Its version.</summary>
    public long Version => long.Parse(_signed.Find("version")?.Value.Text ?? "0", CultureInfo.InvariantCulture);

    /// <summary>A first root, without any role yet; files are published under consistent names.</summary>
    public static TufDraft Root(DateTimeOffset now, TimeSpan lifetime) => First(
        "root", now, lifetime, ("consistent_snapshot", JsonValue.Of(true)), ("keys", JsonValue.Of()), ("roles", JsonValue.Of()));

    /// <summary>First targets metadata, of nothing.</summary>
    public static TufDraft Targets(DateTimeOffset now, TimeSpan lifetime) =>
        First("targets", now, lifetime, ("targets", JsonValue.Of()));

    /// <summary>A first snapshot, of nothing.</summary>
    public static TufDraft Snapshot(DateTimeOffset now, TimeSpan lifetime) =>
        First("snapshot", now, lifetime, ("meta", JsonValue.Of()));

    /// <summary>A first timestamp, of nothing.</summary>
    public static TufDraft Timestamp(DateTimeOffset now, TimeSpan lifetime) =>
        First("timestamp", now, lifetime, ("meta", JsonValue.Of()));

    /// <summary>Goes on with a file as it is, signatures included.</summary>
    public static TufDraft Of(TufMetadata metadata) =>
        new(metadata.Tree, metadata.Tree.Find("signed")!.Value, metadata.Signatures);

    /// <summary>The version after this one.</summary>
    public TufDraft Next(DateTimeOffset now, TimeSpan lifetime) => Edited(Dated(
        _signed.With("version", JsonValue.Of(Version + 1)), now, lifetime));

    /// <summary>A root with other keys for a role. Keys that no role uses any more are left out.</summary>
    /// <param name="keys">Each once.</param>
    public TufDraft WithRole(string role, IReadOnlyList<TufKey> keys, int threshold)
    {
        JsonValue roles = Member("roles").With(role, JsonValue.Of(
            ("keyids", JsonValue.Of(keys.Select(key => JsonValue.Of(key.Id)))), ("threshold", JsonValue.Of(threshold))));
        return Edited(_signed.With("roles", roles).With("keys", Kept(Member("keys"), roles.Members.Select(m => m.Value), keys)));
    }

    /// <summary>Targets metadata with one file more, or another file under its path.</summary>
    public TufDraft WithTarget(TargetFile target)
    {
        JsonValue custom = target.Custom ?? JsonValue.Of();
        if (target.Release.Counter is long counter)
        {
            custom = custom.With(ReleaseClaim.CounterMember, JsonValue.Of(counter));
        }

        if (target.Release.HardwareIds.Count > 0)
        {
            custom = custom.With(ReleaseClaim.HardwareMember, JsonValue.Of(target.Release.HardwareIds.Select(JsonValue.Of)));
        }

        JsonValue entry = JsonValue.Of(("hashes", Hashes(target.Hashes)), ("length", JsonValue.Of(target.Length)));
        entry = custom.Members.Count > 0 ? entry.With("custom", custom) : entry;
        return Edited(_signed.With("targets", Member("targets").With(target.Path, entry)));
    }

    /// <summary>Targets metadata without a file.</summary>
    public TufDraft WithoutTarget(string path) => Edited(_signed.With("targets", Member("targets").Without(path)));

    /// <summary>Targets metadata that delegates paths to a role, in the place the role had, or as the last.</summary>
    public TufDraft WithDelegation(TufDelegation role, IReadOnlyList<TufKey> keys)
    {
        JsonValue entry = JsonValue.Of(
            ("name", JsonValue.Of(role.Name)),
            ("keyids", JsonValue.Of(keys.Select(key => JsonValue.Of(key.Id)))),
            ("threshold", JsonValue.Of(role.Threshold)),
            ("paths", JsonValue.Of(role.Paths.Select(JsonValue.Of))),
            ("terminating", JsonValue.Of(role.Terminating)));
        JsonValue delegations = Member("delegations");
        IReadOnlyList<JsonValue> roles = delegations.Find("roles")?.Value.Items ?? [];
        bool there = roles.Any(IsOf);
        JsonValue[] edited = there ? [.. roles.Select(old => IsOf(old) ? entry : old)] : [.. roles, entry];
        JsonValue known = delegations.Find("keys")?.Value ?? JsonValue.Of();
        return Edited(_signed.With("delegations", delegations
            .With("keys", Kept(known, edited, keys))
            .With("roles", JsonValue.Of(edited))));

        bool IsOf(JsonValue old) => old.Find("name")?.Value.Text == role.Name;
    }

    /// <summary>A snapshot or timestamp that names a version of another file.</summary>
    /// <param name="file">Such as <c>targets.json</c>.</param>
    /// <param name="bytes">The file as it is published.</param>
    public TufDraft WithMeta(string file, long version, ReadOnlySpan<byte> bytes) => Edited(_signed.With(
        "meta",
        Member("meta").With(file, JsonValue.Of(
            ("hashes", JsonValue.Of(("sha256", JsonValue.Of(Convert.ToHexStringLower(SHA256.HashData(bytes)))))),
            ("length", JsonValue.Of(bytes.Length)),
            ("version", JsonValue.Of(version))))));

    /// <summary>Signs; an older signature of the same key is replaced.</summary>
    public TufDraft SignedBy(TufSigningKey key)
    {
        byte[] form = CanonicalJson.Encode(_signed, new Mistakes())
            ?? throw new InvalidOperationException("a draft holds no number without a canonical form");
        TufSignature signature = new(key.Public.Id, key.Sign(form));
        return new TufDraft(_envelope, _signed, [.. _signatures.Where(other => other.KeyId != key.Public.Id), signature]);
    }

    /// <summary>The file's bytes, indented for people.</summary>
    public byte[] ToBytes()
    {
        JsonValue signatures = JsonValue.Of(_signatures.Select(signature => JsonValue.Of(
            ("keyid", JsonValue.Of(signature.KeyId)),
            ("sig", JsonValue.Of(Convert.ToHexStringLower(signature.Value ?? []))))));
        JsonWriterOptions options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, options))
        {
            Write(json, _envelope.With("signatures", signatures).With("signed", _signed));
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static TufDraft First(
        string type, DateTimeOffset now, TimeSpan lifetime, params ReadOnlySpan<(string Name, JsonValue Value)> members)
    {
        JsonValue signed = Dated(
            JsonValue.Of(
                ("_type", JsonValue.Of(type)),
                ("spec_version", JsonValue.Of(SpecVersion)),
                ("version", JsonValue.Of(1))),
            now,
            lifetime);
        foreach ((string name, JsonValue value) in members)
        {
            signed = signed.With(name, value);
        }

        return new TufDraft(JsonValue.Of(), signed, []);
    }

    private static JsonValue Dated(JsonValue signed, DateTimeOffset now, TimeSpan lifetime) => signed
        .With("expires", Date(now + lifetime))
        .With(TufReader.IssuedMember, Date(now));

    private static JsonValue Date(DateTimeOffset at) =>
        JsonValue.Of(at.UtcDateTime.ToString(TufReader.DateForm, CultureInfo.InvariantCulture));

    private static JsonValue Hashes(IReadOnlyDictionary<string, string> hashes) =>
        JsonValue.Of([.. hashes.Select(hash => (hash.Key, JsonValue.Of(hash.Value)))]);

    private static JsonValue Kept(JsonValue known, IEnumerable<JsonValue> roles, IReadOnlyList<TufKey> more)
    {
        HashSet<string> used = [.. roles.SelectMany(role => role.Find("keyids")?.Value.Items ?? []).Select(id => id.Text)];
        foreach (TufKey key in more)
        {
            known = known.With(key.Id, key.Tree);
        }

        return known.Members.Where(member => !used.Contains(member.Name)).Aggregate(known, (all, unused) => all.Without(unused.Name));
    }

    private static void Write(Utf8JsonWriter json, JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                json.WriteStartObject();
                foreach (JsonMember member in value.Members)
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonKind.Array:
                json.WriteStartArray();
                foreach (JsonValue item in value.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonKind.Text:
                json.WriteStringValue(value.Text);
                break;
            case JsonKind.Null:
                json.WriteNullValue();
                break;
            default:
                json.WriteRawValue(value.Text);
                break;
        }
    }

    private JsonValue Member(string name) => _signed.Find(name)?.Value ?? JsonValue.Of();

    // What was signed is not this any more.
    private TufDraft Edited(JsonValue signed) => new(_envelope, signed, []);
}
