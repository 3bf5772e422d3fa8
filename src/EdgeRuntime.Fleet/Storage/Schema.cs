namespace EdgeRuntime.Fleet.Storage;

/// <summary>Tables of the manager's database.</summary>
/// <remarks>
/// Bodies are the JSON of the contracts, as received or as decided; columns beside them are what is searched by. A newer
/// schema is refused, an older one is brought up step by step: <see cref="Steps"/> only ever grows at its end.
/// </remarks>
internal static class Schema
{
    /// <summary>Newest version this program writes.</summary>
    public static int Newest => Steps.Count;

    /// <summary>SQL that leads from each version to the next; the first from nothing to version 1.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE devices (
          id TEXT PRIMARY KEY, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
          status BLOB, info BLOB, reported BLOB) WITHOUT ROWID;
        CREATE TABLE received (
          device TEXT NOT NULL, class TEXT NOT NULL, boot TEXT NOT NULL, ranges TEXT NOT NULL, seen INTEGER NOT NULL,
          PRIMARY KEY (device, class, boot)) WITHOUT ROWID;
        CREATE TABLE windows (
          id INTEGER PRIMARY KEY, device TEXT NOT NULL, model TEXT NOT NULL, received INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX windows_by_device ON windows (device, model, id);
        CREATE TABLE events (
          id INTEGER PRIMARY KEY, device TEXT, kind TEXT NOT NULL, received INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX events_by_device ON events (device, id);
        CREATE INDEX events_by_kind ON events (kind, id);
        CREATE TABLE updates (
          id INTEGER PRIMARY KEY, device TEXT NOT NULL, received INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX updates_by_device ON updates (device, id);
        CREATE TABLE orders (
          device TEXT PRIMARY KEY, generation INTEGER NOT NULL, deployment TEXT NOT NULL, issued INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE order_slots (
          device TEXT NOT NULL, model TEXT NOT NULL, digest TEXT NOT NULL, revert INTEGER NOT NULL, deployment TEXT NOT NULL,
          generation INTEGER NOT NULL, PRIMARY KEY (device, model)) WITHOUT ROWID;
        CREATE TABLE packages (
          digest TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, size INTEGER NOT NULL,
          archive_sha256 TEXT NOT NULL, chunk_bytes INTEGER NOT NULL, chunks TEXT NOT NULL, signed_by TEXT NOT NULL, pushed INTEGER NOT NULL,
          manifest BLOB NOT NULL, reference BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE rollouts (
          id TEXT PRIMARY KEY, model TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
          active INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX rollouts_by_creation ON rollouts (created);
        CREATE TABLE rollout_targets (
          rollout TEXT NOT NULL, device TEXT NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY (rollout, device)) WITHOUT ROWID;
        CREATE TABLE rollout_history (
          id INTEGER PRIMARY KEY, rollout TEXT NOT NULL, t INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX rollout_history_by_rollout ON rollout_history (rollout, id);
        CREATE TABLE gate_evaluations (
          id INTEGER PRIMARY KEY, rollout TEXT NOT NULL, t INTEGER NOT NULL, verdict TEXT NOT NULL,
          evidence BLOB NOT NULL, finding BLOB NOT NULL);
        CREATE INDEX gate_evaluations_by_rollout ON gate_evaluations (rollout, id);
        """,
    ];
}
