using System.Text.Json;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Rollouts in the database, with every step and every decision. Writes happen within the caller's transaction.</summary>
internal sealed class RolloutStore(Database database)
{
    /// <summary>Gate decisions kept of one rollout that did not end a stage; those that did are always kept.</summary>
    public const int MaxWaitingEvaluations = 200;

    /// <summary>The newest rollouts, the newest first: all that are active, and <paramref name="ended"/> of the others.</summary>
    public List<Rollout> Load(int ended)
    {
        List<Rollout> rollouts = database.Read(
            """
            SELECT body FROM rollouts WHERE active = 1 OR id IN (SELECT id FROM rollouts ORDER BY created DESC LIMIT $1)
            ORDER BY created DESC, id
            """,
            row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), FleetJson.Default.Rollout)!,
            ended);
        return [.. rollouts.Select(rollout => rollout with { Targets = Targets(rollout.Id) })];
    }

    /// <summary>Writes what changed from one state to the next; everything when there was none before.</summary>
    public void Save(Rollout? before, Rollout after, long nowMs)
    {
        database.Execute(
            "INSERT OR REPLACE INTO rollouts (id, model, created, updated, active, body) VALUES ($1, $2, $3, $4, $5, $6)",
            after.Id, after.Model, after.CreatedMs, nowMs, after.State.IsActive ? 1 : 0,
            JsonSerializer.SerializeToUtf8Bytes(after, FleetJson.Default.Rollout));
        for (int i = 0; i < after.Targets.Count; i++)
        {
            bool same = before is not null && i < before.Targets.Count && ReferenceEquals(before.Targets[i], after.Targets[i]);
            if (!same)
            {
                database.Execute(
                    "INSERT OR REPLACE INTO rollout_targets (rollout, device, place, body) VALUES ($1, $2, $3, $4)",
                    after.Id, after.Targets[i].Device.ToString(), i,
                    JsonSerializer.SerializeToUtf8Bytes(after.Targets[i], FleetJson.Default.RolloutTarget));
            }
        }
    }

    /// <summary>Adds a step to a rollout's history.</summary>
    public void AddStep(string rollout, RolloutStep step) => database.Execute(
        "INSERT INTO rollout_history (rollout, t, body) VALUES ($1, $2, $3)",
        rollout, step.AtMs, JsonSerializer.SerializeToUtf8Bytes(step, FleetJson.Default.RolloutStep));

    /// <summary>A rollout's steps, the oldest first.</summary>
    public List<RolloutStep> Steps(string rollout) => database.Read(
        "SELECT body FROM rollout_history WHERE rollout = $1 ORDER BY id",
        row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), FleetJson.Default.RolloutStep)!,
        rollout);

    /// <summary>Adds a gate's decision with the evidence it was made on.</summary>
    public void AddEvaluation(string rollout, GateEvidence evidence, GateFinding finding)
    {
        database.Execute(
            "INSERT INTO gate_evaluations (rollout, t, verdict, evidence, finding) VALUES ($1, $2, $3, $4, $5)",
            rollout, finding.AtMs, finding.Verdict.ToString(),
            JsonSerializer.SerializeToUtf8Bytes(evidence, FleetJson.Default.GateEvidence),
            JsonSerializer.SerializeToUtf8Bytes(finding, FleetJson.Default.GateFinding));
        database.Execute(
            """
            DELETE FROM gate_evaluations WHERE rollout = $1 AND verdict = $2 AND id NOT IN (
              SELECT id FROM gate_evaluations WHERE rollout = $1 AND verdict = $2 ORDER BY id DESC LIMIT $3)
            """,
            rollout, nameof(GateVerdict.Waiting), MaxWaitingEvaluations);
    }

    /// <summary>A rollout's newest gate decisions, the newest first; what is not committed yet included.</summary>
    public List<(GateEvidence Evidence, GateFinding Finding)> Evaluations(string rollout, int count) =>
        database.Read(EvaluationsSql, Evaluation, rollout, count);

    /// <summary>A rollout's newest committed gate decisions, the newest first. Thread-safe.</summary>
    public List<(GateEvidence Evidence, GateFinding Finding)> EvaluationsBeside(string rollout, int count) =>
        database.ReadBeside(EvaluationsSql, Evaluation, rollout, count);

    private const string EvaluationsSql =
        "SELECT evidence, finding FROM gate_evaluations WHERE rollout = $1 ORDER BY id DESC LIMIT $2";

    private static (GateEvidence, GateFinding) Evaluation(SqliteDataReader row) => (
        JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), FleetJson.Default.GateEvidence)!,
        JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), FleetJson.Default.GateFinding)!);

    private List<RolloutTarget> Targets(string rollout) => database.Read(
        "SELECT body FROM rollout_targets WHERE rollout = $1 ORDER BY place",
        row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), FleetJson.Default.RolloutTarget)!,
        rollout);
}
