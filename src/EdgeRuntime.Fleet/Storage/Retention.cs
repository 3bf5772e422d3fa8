namespace EdgeRuntime.Fleet.Storage;

/// <summary>Keeps the database bounded: what is older than its days, or beyond its rows, is removed, oldest first.</summary>
/// <param name="Windows">Windows of counters. (default: 7 days, 200,000 rows, some 3 KB each)</param>
/// <param name="Events">Events of devices and of the manager. (default: 30 days, 100,000 rows)</param>
/// <param name="Updates">Steps of updates. (default: 30 days, 50,000 rows)</param>
/// <param name="Rollouts">Ended rollouts, with their history and evidence. (default: 365 days, 500 rollouts)</param>
public sealed record Retention(RetentionLimit Windows, RetentionLimit Events, RetentionLimit Updates, RetentionLimit Rollouts)
{
    /// <summary>Boots of which received sequences are remembered, for one device and class.</summary>
    public const int BootsKept = 8;

    private const long DayMs = 24L * 3600 * 1000;
    private const int Batch = 5000;

    /// <summary>The defaults.</summary>
    public static Retention Default { get; } = new(new(7, 200_000), new(30, 100_000), new(30, 50_000), new(365, 500));

    /// <summary>Removes a bounded number of rows, within the caller's transaction.</summary>
    /// <returns>Rows removed; call again soon while it is not 0.</returns>
    public int Purge(Database database, long nowMs)
    {
        int removed = Purge(database, nowMs, Windows,
                "DELETE FROM windows WHERE id IN (SELECT id FROM windows WHERE received < $1 OR id <= (SELECT max(id) FROM windows) - $2 LIMIT $3)")
            + Purge(database, nowMs, Events,
                "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE received < $1 OR id <= (SELECT max(id) FROM events) - $2 LIMIT $3)")
            + Purge(database, nowMs, Updates,
                "DELETE FROM updates WHERE id IN (SELECT id FROM updates WHERE received < $1 OR id <= (SELECT max(id) FROM updates) - $2 LIMIT $3)")
            + Purge(database, nowMs, Rollouts,
                """
                DELETE FROM rollouts WHERE id IN (SELECT id FROM rollouts WHERE active = 0 AND
                  (updated < $1 OR id NOT IN (SELECT id FROM rollouts ORDER BY created DESC LIMIT $2)) LIMIT $3)
                """);
        database.Execute("DELETE FROM rollout_targets WHERE rollout NOT IN (SELECT id FROM rollouts)");
        database.Execute("DELETE FROM rollout_history WHERE rollout NOT IN (SELECT id FROM rollouts)");
        database.Execute("DELETE FROM gate_evaluations WHERE rollout NOT IN (SELECT id FROM rollouts)");
        database.Execute(
            """
            DELETE FROM received WHERE (device, class, boot) IN (SELECT device, class, boot FROM (
              SELECT device, class, boot, row_number() OVER (PARTITION BY device, class ORDER BY seen DESC) AS age FROM received)
              WHERE age > $1)
            """,
            BootsKept);
        return removed;
    }

    private static int Purge(Database database, long nowMs, RetentionLimit limit, string sql) =>
        database.Execute(sql, nowMs - (limit.Days * DayMs), limit.Rows, Batch);
}

/// <summary>How much of one kind is kept.</summary>
/// <param name="Days">Days after which a row goes; at least 1.</param>
/// <param name="Rows">Rows beyond which the oldest go; at least 1.</param>
public sealed record RetentionLimit(long Days, long Rows);
